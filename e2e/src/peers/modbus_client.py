"""A pymodbus client that reads from and writes to a server. Prints one line of JSON: what it got.

Usage: modbus_client.py tcp|rtu PORT
"""

import json
import sys

from pymodbus import FramerType
from pymodbus.client import ModbusTcpClient

UNIT = 5


def main() -> None:
    framer = FramerType.RTU if sys.argv[1] == "rtu" else FramerType.SOCKET
    client = ModbusTcpClient("127.0.0.1", port=int(sys.argv[2]), framer=framer, timeout=3, retries=0)
    assert client.connect()
    got = {
        "coils": client.read_coils(0, count=10, device_id=UNIT).bits[:10],
        "discretes": client.read_discrete_inputs(4, count=9, device_id=UNIT).bits[:9],
        "holding": client.read_holding_registers(0, count=125, device_id=UNIT).registers,
        "inputs": client.read_input_registers(7, count=2, device_id=UNIT).registers,
        "illegal": client.read_holding_registers(500, count=1, device_id=UNIT).exception_code,
        "writes": [
            client.write_coil(1, True, device_id=UNIT).isError(),
            client.write_register(3, 4711, device_id=UNIT).isError(),
            client.write_coils(2, [True, False, True], device_id=UNIT).isError(),
            client.write_registers(10, [1, 2, 3], device_id=UNIT).isError(),
            client.write_register(500, 1, device_id=UNIT).exception_code,
        ],
        "coilsAfter": client.read_coils(0, count=6, device_id=UNIT).bits[:6],
        "holdingAfter": client.read_holding_registers(3, count=10, device_id=UNIT).registers,
    }
    client.close()
    print(json.dumps(got), flush=True)


main()

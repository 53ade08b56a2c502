"""A pymodbus server with a value of every type in every order. Prints one line of JSON: its port and what it holds.

Usage: modbus_server.py tcp|rtu
"""

import asyncio
import json
import struct
import sys

from pymodbus import FramerType
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

VALUES = {
    "Int16": (">h", -1234), "UInt16": (">H", 54321), "Int32": (">i", -123456789), "UInt32": (">I", 3123456789),
    "Int64": (">q", -1234567890123456), "UInt64": (">Q", 9007199254740991), "Float32": (">f", 1.5), "Float64": (">d", -2.25e100),
    "Bcd16": (">H", 0x9876), "Bcd32": (">I", 0x12345678), "Int8": (">h", -7), "UInt8": (">H", 200),
}
SHOWN = {"Bcd16": 9876, "Bcd32": 12345678}
NATIVE = {
    "Int16": DataType.INT16, "UInt16": DataType.UINT16, "Int32": DataType.INT32, "UInt32": DataType.UINT32,
    "Int64": DataType.INT64, "UInt64": DataType.UINT64, "Float32": DataType.FLOAT32, "Float64": DataType.FLOAT64,
}


def in_order(data: bytes, order: str) -> bytes:
    """Bytes of a value, most significant first, as a device with this order sends them."""
    words = [data[i : i + 2] for i in range(0, len(data), 2)]
    if order in ("CDAB", "DCBA"):
        words.reverse()
    if order in ("BADC", "DCBA"):
        words = [word[::-1] for word in words]
    return b"".join(words)


def build(register: str, start: int):
    """One value of every type: those pymodbus can code itself by its own means, the other orders as registers."""
    blocks, tags, address = [], [], start
    for order in ("ABCD", "CDAB", "BADC", "DCBA"):
        for kind, (form, value) in VALUES.items():
            data = in_order(struct.pack(form, value), order)
            if order == "ABCD" and kind in NATIVE:
                blocks.append(SimData(address, values=value, datatype=NATIVE[kind]))
            else:
                registers = [int.from_bytes(data[i : i + 2], "big") for i in range(0, len(data), 2)]
                blocks.append(SimData(address, values=registers, datatype=DataType.REGISTERS))
            tags.append({"register": register, "address": address, "rawType": kind, "byteOrder": order, "value": SHOWN.get(kind, value)})
            address += len(data) // 2
    blocks.append(SimData(address, values="Kubeplant!", datatype=DataType.STRING))
    tags.append({"register": register, "address": address, "rawType": "String", "byteOrder": "ABCD", "length": 10, "value": "Kubeplant!"})
    address += 5
    blocks.append(SimData(address, values=0x8005, datatype=DataType.REGISTERS))
    for bit in range(16):
        tags.append({"register": register, "address": address, "rawType": "Boolean", "byteOrder": "ABCD", "bit": bit, "value": 0x8005 >> bit & 1})
    return blocks, tags


def build_bits(register: str, start: int):
    """Thirty bits with a pattern."""
    bits = [i % 3 == 0 for i in range(32)]
    tags = [{"register": register, "address": start + i, "rawType": "Boolean", "byteOrder": "ABCD", "value": int(bits[i])} for i in range(30)]
    return [SimData(start, values=bits, datatype=DataType.BITS)], tags


async def main() -> None:
    framer = FramerType.RTU if sys.argv[1] == "rtu" else FramerType.SOCKET
    coils, coil_tags = build_bits("Coil", 3)
    discretes, discrete_tags = build_bits("DiscreteInput", 40)
    holding, holding_tags = build("Holding", 100)
    inputs, input_tags = build("Input", 2000)
    device = SimDevice(id=17, simdata=(coils, discretes, holding, inputs))
    server = ModbusTcpServer(device, framer=framer, address=("127.0.0.1", 0))
    await server.listen()
    port = server.transport.sockets[0].getsockname()[1]
    print(json.dumps({"port": port, "unitId": 17, "tags": coil_tags + discrete_tags + holding_tags + input_tags}), flush=True)
    await asyncio.Event().wait()


asyncio.run(main())

module kubeplant.io/e2e/tools/fast-modbus-server

go 1.26

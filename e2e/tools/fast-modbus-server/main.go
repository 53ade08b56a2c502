// The other end of the Modbus bench: answers every read of holding registers over Modbus TCP with the same registers at the
// least cost, so that the client is what is measured. One thread, one epoll loop; all requests of a read are answered in one
// write. Prints its port and ends when its standard input ends.
package main

import (
	"fmt"
	"io"
	"os"
	"syscall"
)

const (
	requestBytes = 12
	bufferBytes  = 1 << 16
)

// connection holds the beginning of a request that has not come whole.
type connection struct {
	fd   int
	held []byte
}

func main() {
	go func() {
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	listener, port := listen()
	poll := must(syscall.EpollCreate1(0))
	watch(poll, listener)
	fmt.Println(port)
	serve(poll, listener)
}

func listen() (fd int, port int) {
	fd = must(syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_NONBLOCK, 0))
	check(syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}))
	check(syscall.Listen(fd, 128))
	address := must(syscall.Getsockname(fd)).(*syscall.SockaddrInet4)
	return fd, address.Port
}

func serve(poll, listener int) {
	connections := map[int]*connection{}
	events := make([]syscall.EpollEvent, 64)
	in := make([]byte, bufferBytes)
	out := make([]byte, 0, bufferBytes)
	for {
		count, err := syscall.EpollWait(poll, events, -1)
		if err == syscall.EINTR {
			continue
		}
		check(err)
		for _, event := range events[:count] {
			fd := int(event.Fd)
			if fd == listener {
				accept(poll, listener, connections)
				continue
			}
			if !answer(connections[fd], in, out) {
				delete(connections, fd)
				syscall.Close(fd)
			}
		}
	}
}

func accept(poll, listener int, connections map[int]*connection) {
	fd, _, err := syscall.Accept4(listener, syscall.SOCK_NONBLOCK)
	if err != nil {
		return
	}
	check(syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1))
	connections[fd] = &connection{fd: fd}
	watch(poll, fd)
}

// answer returns false when the connection is over.
func answer(c *connection, in, out []byte) bool {
	kept := copy(in, c.held)
	count, err := syscall.Read(c.fd, in[kept:])
	if err == syscall.EAGAIN {
		return true
	}
	if err != nil || count == 0 {
		return false
	}
	rest := in[:kept+count]
	out = out[:0]
	for ; len(rest) >= requestBytes; rest = rest[requestBytes:] {
		out = appendResponse(out, rest)
	}
	c.held = append(c.held[:0], rest...)
	written, err := syscall.Write(c.fd, out)
	return err == nil && written == len(out)
}

func appendResponse(out, request []byte) []byte {
	data := request[11] * 2
	out = append(out, request[0], request[1], 0, 0, 0, data+3, request[6], 3, data)
	for range int(data) {
		out = append(out, 7)
	}
	return out
}

func watch(poll, fd int) {
	check(syscall.EpollCtl(poll, syscall.EPOLL_CTL_ADD, fd, &syscall.EpollEvent{Events: syscall.EPOLLIN, Fd: int32(fd)}))
}

func must[T any](value T, err error) T {
	check(err)
	return value
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

package wake

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// groups are the news of rtnetlink that concern the way to the region.
const groups = unix.RTMGRP_LINK | unix.RTMGRP_IPV4_IFADDR | unix.RTMGRP_IPV4_ROUTE |
	unix.RTMGRP_IPV6_IFADDR | unix.RTMGRP_IPV6_ROUTE

// watchNetwork reports each burst of changes, settle after it began, until ctx
// ends.
func watchNetwork(ctx context.Context, settle time.Duration, report func()) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	socket, err := routing()
	if err != nil {
		return err
	}
	news, done := make(chan struct{}, 1), make(chan struct{})
	go func() {
		defer close(done)
		cancel(listen(socket, news))
	}()
	defer func() { <-done }()
	defer socket.Close()
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-news:
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(settle):
		}
		select { // the rest of the burst
		case <-news:
		default:
		}
		report()
	}
}

// routing opens the socket, in the form that a Close interrupts.
func routing() (*os.File, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, unix.NETLINK_ROUTE)
	if err != nil {
		return nil, fmt.Errorf("rtnetlink: %w", err)
	}
	if err := unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK, Groups: groups}); err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("rtnetlink: %w", err)
	}
	return os.NewFile(uintptr(fd), "rtnetlink"), nil
}

// listen turns the kernel's messages into news until the socket is closed.
func listen(socket *os.File, news chan<- struct{}) error {
	known := routes{}
	for buffer := make([]byte, 64<<10); ; {
		n, err := socket.Read(buffer)
		// So much happened that the kernel had to drop some of it.
		missed := errors.Is(err, unix.ENOBUFS)
		if err != nil && !missed {
			return fmt.Errorf("rtnetlink: %w", err)
		}
		if missed || known.changed(buffer[:n]) {
			select {
			case news <- struct{}{}:
			default:
			}
		}
	}
}

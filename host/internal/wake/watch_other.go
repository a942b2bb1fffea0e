//go:build !linux

package wake

import (
	"context"
	"errors"
	"time"
)

var errByLook = errors.New("no news from this system")

func watchSleep(context.Context, func()) error { return errByLook }

func watchNetwork(context.Context, time.Duration, func()) error { return errByLook }

package wake

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Sleep sets the clocks apart; a busy PC does not.
func TestSleepByClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start, slept, reports := time.Now(), atomic.Int64{}, atomic.Int64{}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			sleepByClock(ctx, func() time.Duration { return time.Since(start) + time.Duration(slept.Load()) }, func() { reports.Add(1) })
		}()
		var seen []int64
		for _, more := range []time.Duration{0, 5 * time.Second, 10 * time.Second, 11 * time.Second, 0, 8 * time.Hour, 0} {
			time.Sleep(time.Second)
			slept.Add(int64(more))
			time.Sleep(lookEvery - time.Second)
			synctest.Wait()
			seen = append(seen, reports.Load())
		}
		if diff := cmp.Diff([]int64{0, 0, 0, 1, 1, 2, 2}, seen); diff != "" {
			t.Error(diff)
		}
		cancel()
		<-done
	})
}

func TestNetworkByLook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now, reports := atomic.Value{}, atomic.Int64{}
		now.Store("10.0.0.7/24")
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			networkByLook(ctx, func() string { return now.Load().(string) }, func() { reports.Add(1) })
		}()
		synctest.Wait() // it has had its first look
		var seen []int64
		for _, next := range []string{"10.0.0.7/24", "", "", "192.168.1.7/24", "192.168.1.7/24"} {
			time.Sleep(time.Second)
			now.Store(next)
			time.Sleep(lookEvery - time.Second)
			synctest.Wait()
			seen = append(seen, reports.Load())
		}
		if diff := cmp.Diff([]int64{0, 1, 1, 2, 2}, seen); diff != "" {
			t.Error(diff)
		}
		cancel()
		<-done
	})
}

func TestAddresses(t *testing.T) {
	if got := addresses(); !strings.Contains(got, "127.0.0.1/8") {
		t.Errorf("%q is without the PC's own", got)
	}
}

func TestUptime(t *testing.T) {
	first := Uptime()
	time.Sleep(40 * time.Millisecond)
	if passed := Uptime() - first; first <= 0 || passed <= 0 {
		t.Errorf("%s, and %s later", first, passed)
	}
}

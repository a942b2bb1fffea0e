package queue

import (
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if another() {
		return
	}
	goleak.VerifyTestMain(m)
}

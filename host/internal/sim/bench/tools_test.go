package bench

import (
	"testing"
	"time"
)

// A text is noted when its last letter comes, however it is cut.
func TestWatch(t *testing.T) {
	rows := []struct {
		name   string
		pieces []string
		at     int // which piece completes it; -1: none
	}{
		{"in one piece", []string{"HTTP/1.1 201 Created\r\n"}, 0},
		{"after something else", []string{"depth=0\n", "HTTP/1.1 201 Created\r\n", "more"}, 1},
		{"cut", []string{"HTTP/1.1 20", "1 Crea", "ted\r\n"}, 2},
		{"another answer", []string{"HTTP/1.1 403 Forbidden\r\n"}, -1},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			w := &watch{want: "201 Created"}
			var first time.Time
			for i, p := range r.pieces {
				if n, err := w.Write([]byte(p)); n != len(p) || err != nil {
					t.Fatal(n, err)
				}
				if seen := !w.at.IsZero(); seen != (r.at >= 0 && i >= r.at) {
					t.Errorf("after piece %d: seen %v", i, seen)
				}
				if i == r.at {
					first = w.at
				}
			}
			if !w.at.Equal(first) {
				t.Error("the time moved")
			}
		})
	}
}

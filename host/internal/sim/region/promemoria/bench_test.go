package promemoria

import "testing"

func BenchmarkDraw(b *testing.B) {
	s := sample()
	for b.Loop() {
		if _, err := Draw(s); err != nil {
			b.Fatal(err)
		}
	}
}

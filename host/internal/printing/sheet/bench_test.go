package sheet_test

import "testing"

func BenchmarkSheets(b *testing.B) {
	for id, l := range layouts(b) {
		b.Run(id, func(b *testing.B) {
			for b.Loop() {
				sample(b, l)
			}
		})
	}
}

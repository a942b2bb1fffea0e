package worker

import "encoding/binary"

// maxFactor keeps the sums below within 16 bits and the products within 32.
const maxFactor = 8

// shrink averages squares of factor pixels a side into one; factor is one or even. Half
// of the time of a page would go into this: eight pixels are added at a time.
func shrink(out, drawn []byte, stride, width, factor int) {
	rows := len(out) / width
	if factor == 1 {
		for y := range rows {
			copy(out[y*width:(y+1)*width], drawn[y*stride:])
		}
		return
	}
	sums := make([]uint64, (width*factor+7)/8)
	for y := range rows {
		clear(sums)
		for i := range factor {
			start := (y*factor + i) * stride
			addPairs(sums, drawn[start:start+width*factor])
		}
		average(out[y*width:(y+1)*width], sums, factor)
	}
}

// odd is every second byte.
const odd = 0x00FF00FF00FF00FF

// addPairs adds a row to sums, each of which is four sums of 16 bits of two neighbours.
func addPairs(sums []uint64, row []byte) {
	whole := len(row) / 8
	for i := range sums[:whole] {
		v := binary.LittleEndian.Uint64(row[i*8:])
		sums[i] += v&odd + v>>8&odd
	}
	for x := whole * 8; x < len(row); x++ {
		sums[whole] += uint64(row[x]) << (x % 8 / 2 * 16)
	}
}

// average divides the sums of factor/2 pairs each.
func average(out []byte, sums []uint64, factor int) {
	area := uint32(factor * factor)
	inverse := (1<<20 + area - 1) / area // exact for all sums there are
	pair, pairs := 0, factor/2
	for x := range out {
		sum := area / 2
		for range pairs {
			sum += uint32(uint16(sums[pair>>2] >> (pair & 3 * 16)))
			pair++
		}
		out[x] = byte(sum * inverse >> 20)
	}
}

package pdf

import (
	"bytes"
	"fmt"
	"slices"
)

// Update is a new revision.
type Update struct {
	file    *File
	next    int64
	objects map[Ref]Object
}

// Update starts a revision.
func (f *File) Update() *Update {
	return &Update{file: f, next: f.Highest() + 1, objects: map[Ref]Object{}}
}

// Reserve takes a new object number.
func (u *Update) Reserve() Ref {
	u.next++
	return Ref{Number: u.next - 1}
}

// Put gives an object a value, a new one or one that it did not have before.
func (u *Update) Put(r Ref, o Object) { u.objects[r] = o }

// Add puts a new object.
func (u *Update) Add(o Object) Ref {
	r := u.Reserve()
	u.Put(r, o)
	return r
}

// Written is a revision, and where its objects start in it.
type Written struct {
	Bytes   []byte
	Objects map[Ref]int // of what comes after "1 0 obj\n"
}

// Write writes the revision: what is to be appended to the file. The second part of
// the file's identifier becomes id.
func (u *Update) Write(id []byte) (Written, error) {
	var b bytes.Buffer
	last, err := u.file.read(u.file.size-1, 1)
	if err != nil {
		return Written{}, err
	}
	if len(last) == 1 && last[0] != '\n' && last[0] != '\r' {
		b.WriteByte('\n')
	}
	newest := u.file.sections[0]
	var self Ref // the cross-reference stream is an object too
	if newest.stream {
		self = u.Reserve()
	}
	if u.next > maxNumber {
		return Written{}, broken("too many objects")
	}
	w := Written{Objects: map[Ref]int{}}
	offsets := map[Ref]int64{}
	for _, r := range u.refs() {
		offsets[r] = u.file.size - u.file.base + int64(b.Len())
		fmt.Fprintf(&b, "%d %d obj\n", r.Number, r.Generation)
		w.Objects[r] = b.Len()
		Write(&b, u.objects[r])
		b.WriteString("\nendobj\n")
	}
	start := u.file.size - u.file.base + int64(b.Len())
	trailer := u.trailer(id)
	if newest.stream {
		offsets[self] = start
		fmt.Fprintf(&b, "%d 0 obj\n", self.Number)
		Write(&b, crossStream(offsets, trailer))
		b.WriteString("\nendobj\n")
	} else {
		crossTable(&b, offsets)
		b.WriteString("trailer\n")
		Write(&b, trailer)
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "startxref\n%d\n%%%%EOF\n", start)
	w.Bytes = b.Bytes()
	return w, nil
}

func (u *Update) refs() []Ref {
	var list []Ref
	for r := range u.objects {
		list = append(list, r)
	}
	slices.SortFunc(list, func(a, b Ref) int { return int(a.Number - b.Number) })
	return list
}

// trailer is the newest one's, without what belongs to that section alone.
func (u *Update) trailer(id []byte) Dict {
	d := Dict{"Size": Integer(u.next), "Prev": Integer(u.file.sections[0].at)}
	old := u.file.Trailer()
	for _, key := range []Name{"Root", "Info"} {
		if o, ok := old[key]; ok {
			d[key] = o
		}
	}
	if pair, ok := old["ID"].(Array); ok && len(pair) == 2 {
		if first, ok := pair[0].(String); ok {
			d["ID"] = Array{String{Bytes: first.Bytes, Hex: true}, String{Bytes: id, Hex: true}}
		}
	}
	return d
}

// runs groups references into stretches of consecutive numbers.
func runs(offsets map[Ref]int64) [][]Ref {
	var list []Ref
	for r := range offsets {
		list = append(list, r)
	}
	slices.SortFunc(list, func(a, b Ref) int { return int(a.Number - b.Number) })
	var groups [][]Ref
	for i, r := range list {
		if i == 0 || list[i-1].Number+1 != r.Number {
			groups = append(groups, nil)
		}
		groups[len(groups)-1] = append(groups[len(groups)-1], r)
	}
	return groups
}

func crossTable(b *bytes.Buffer, offsets map[Ref]int64) {
	b.WriteString("xref\n")
	for _, group := range runs(offsets) {
		fmt.Fprintf(b, "%d %d\n", group[0].Number, len(group))
		for _, r := range group {
			fmt.Fprintf(b, "%010d %05d n\r\n", offsets[r], r.Generation)
		}
	}
}

func crossStream(offsets map[Ref]int64, trailer Dict) Data {
	var index Array
	var rows []byte
	for _, group := range runs(offsets) {
		index = append(index, Integer(group[0].Number), Integer(len(group)))
		for _, r := range group {
			at, generation := offsets[r], r.Generation
			rows = append(rows, 1, byte(at>>24), byte(at>>16), byte(at>>8), byte(at), byte(generation>>8), byte(generation))
		}
	}
	trailer["Type"] = Name("XRef")
	trailer["Index"] = index
	trailer["W"] = Array{Integer(1), Integer(4), Integer(2)}
	return Data{Dict: trailer, Bytes: rows}
}

package pdf

import (
	"bytes"
	"compress/zlib"
	"encoding/hex"
	"fmt"
	"strconv"
)

// Raw is an object that is written already.
type Raw []byte

// Data is a new stream.
type Data struct {
	Dict  Dict
	Bytes []byte
}

// Compressed is a new stream whose data are deflated.
func Compressed(d Dict, data []byte) Data {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	z.Write(data) // a bytes.Buffer takes everything
	z.Close()
	d["Filter"] = Name("FlateDecode")
	return Data{Dict: d, Bytes: b.Bytes()}
}

// Write writes an object (section 7.3).
func Write(b *bytes.Buffer, o Object) {
	switch o := o.(type) {
	case nil:
		b.WriteString("null")
	case bool:
		b.WriteString(strconv.FormatBool(o))
	case Integer:
		b.WriteString(strconv.FormatInt(int64(o), 10))
	case Real:
		b.WriteString(string(o))
	case Name:
		writeName(b, o)
	case String:
		writeString(b, o)
	case Ref:
		fmt.Fprintf(b, "%d %d R", o.Number, o.Generation)
	case Raw:
		b.Write(o)
	case Array:
		b.WriteByte('[')
		for i, item := range o {
			if i > 0 {
				b.WriteByte(' ')
			}
			Write(b, item)
		}
		b.WriteByte(']')
	case Dict:
		b.WriteString("<<")
		for _, key := range o.Keys() {
			writeName(b, key)
			b.WriteByte(' ')
			Write(b, o[key])
			b.WriteByte('\n')
		}
		b.WriteString(">>")
	case Data:
		d := Dict{"Length": Integer(len(o.Bytes))}
		for key, value := range o.Dict {
			d[key] = value
		}
		Write(b, d)
		b.WriteString("\nstream\n")
		b.Write(o.Bytes)
		b.WriteString("\nendstream")
	default:
		panic(fmt.Sprintf("pdf: %T is no object", o))
	}
}

func writeName(b *bytes.Buffer, n Name) {
	b.WriteByte('/')
	for i := range len(n) {
		if c := n[i]; c < '!' || c > '~' || c == '#' || isDelimiter(int(c)) {
			fmt.Fprintf(b, "#%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
}

func writeString(b *bytes.Buffer, s String) {
	if s.Hex {
		b.WriteByte('<')
		b.WriteString(hex.EncodeToString(s.Bytes))
		b.WriteByte('>')
		return
	}
	b.WriteByte('(')
	for _, c := range s.Bytes {
		switch {
		case c == '(' || c == ')' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < ' ' || c > '~':
			fmt.Fprintf(b, "\\%03o", c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte(')')
}

package prompt

import (
	"context"
	"fmt"
	"io"
	"time"
)

// pinentry is a program that speaks Assuan.
func (p *Prompter) pinentry(program string) window {
	return window{program, func(ctx context.Context, k kind, req Request) (answer []byte, err error) {
		_, err = p.run(ctx, program, nil, func(in io.Writer, out io.Reader) error {
			s := newAssuan(in, out)
			defer s.wipe()
			if err := s.show(req, p.timeout); err != nil {
				return err
			}
			answer, err = s.data(map[kind]string{askPIN: "GETPIN", askLeave: "CONFIRM", tell: "MESSAGE"}[k])
			return err
		})
		return answer, err
	}}
}

// seconds is how long a program should wait by itself.
func seconds(timeout time.Duration) string { return fmt.Sprint(int(timeout.Seconds())) }

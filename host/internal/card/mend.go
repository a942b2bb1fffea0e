package card

import "raccordo/host/internal/wire"

// mendable tells whether another try may do better: the module crashed, hung or
// failed, which says nothing of the card. A file that is no module stays none.
func mendable(e *Error) bool {
	return e.Code == wire.ErrModuleLost || e.Code == wire.ErrModule && !unloadable(e)
}

// mend tries a few times more to read a card that its module failed on, so that
// nobody has to pull it out and put it in again. No PIN is involved.
func (s *Service) mend(in *insertion) {
	for _, pause := range s.limits.mend {
		sleep(in.ctx, pause)
		if lock(in.ctx, in, in.turn) != nil {
			return
		}
		err := s.bind(in.ctx, in)
		<-in.turn
		if in.ctx.Err() != nil {
			return
		}
		if err == nil {
			s.log.Info().Str("reader", in.reader).Msg("module works again")
			s.update(in, func(*reader) { in.public.Problem = "" })
			return
		}
		problem := s.verdict(in, err)
		s.update(in, func(*reader) { in.public.Problem = problem })
	}
}

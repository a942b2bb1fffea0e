package remotesign

import (
	"context"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/wire"
)

// account is a kept one, or one that the user gives now (fresh). what is
// keptAccount or keptClient.
func (s *Service) account(ctx context.Context, what string) (user string, password []byte, fresh bool, err error) {
	was := s.kept.get(what)
	q := AccountRequest{Service: s.p.Name, User: s.p.User}
	if what == keptClient {
		q.User, q.Client = s.p.ClientID, true
	}
	mine := q.User == "" || q.User == was.User
	if len(was.Password) > 0 && mine {
		return was.User, was.Password, false, nil
	}
	q.Again = was.User != "" && mine // and the user may have another name there by now
	user, password, err = s.ask.Account(ctx, q)
	switch {
	case err != nil:
		return "", nil, false, err
	case user == "" && q.User == "" || len(password) == 0:
		return "", nil, false, &signature.Error{Code: wire.ErrPromptCancel}
	case user == "":
		user = q.User
	}
	return user, password, true, nil
}

// accountWas keeps an account that the service took, and forgets the password
// of one that it refused: it is never sent again.
func (s *Service) accountWas(what, user string, password []byte, fresh bool, err error) {
	var failed error
	switch {
	case err == nil && fresh:
		failed = s.kept.put(what, sealed{User: user, Password: password})
	case codeOf(err) == wire.ErrRemoteLogin && !fresh:
		failed = s.kept.put(what, sealed{User: user})
	}
	if failed != nil {
		s.log.Warn().Err(failed).Msg("account of the signature service not kept")
	}
}

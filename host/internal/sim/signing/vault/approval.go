package vault

import (
	"encoding/hex"
	"slices"
	"time"
)

// OTPApproval: instead of a code, the doctor says yes on the telephone. It is
// for CSC v2 only, where such factors are called out of band.
const OTPApproval = "oob"

// Approval is a question on a doctor's telephone.
type Approval struct {
	ID   string
	At   time.Time
	User string
	Name string
	Text string
}

// Answer is what became of a question.
type Answer int

// The answers.
const (
	Waiting Answer = iota
	Yes
	No
)

type asked struct {
	Approval
	answer Answer
}

// Ask puts a question on the doctor's telephone; empty: no such doctor.
func (v *Vault) Ask(user, text string) (id string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	a, err := v.account(user)
	if err != nil || a == nil {
		return ""
	}
	id = hex.EncodeToString(random(8))
	v.asked = append(v.asked, &asked{Approval: Approval{id, v.opt.Now().Add(v.settings.SMSDelay()), user, a.doctor.Name + " " + a.doctor.Surname, text}})
	return id
}

// Approvals are the questions on the telephones that nobody has answered yet.
func (v *Vault) Approvals() []Approval {
	v.mu.Lock()
	defer v.mu.Unlock()
	var open []Approval
	for _, q := range v.asked {
		if q.answer == Waiting && !q.At.After(v.opt.Now()) {
			open = append(open, q.Approval)
		}
	}
	return open
}

// Reply answers a question; false: there is none that waits.
func (v *Vault) Reply(id string, yes bool) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	i := slices.IndexFunc(v.asked, func(q *asked) bool { return q.ID == id && q.answer == Waiting })
	if i < 0 {
		return false
	}
	if v.asked[i].answer = No; yes {
		v.asked[i].answer = Yes
	}
	return true
}

// Replied is what became of a question. One that was answered, or is older than
// a one-time password may be, is forgotten.
func (v *Vault) Replied(id string) Answer {
	v.mu.Lock()
	defer v.mu.Unlock()
	i := slices.IndexFunc(v.asked, func(q *asked) bool { return q.ID == id })
	if i < 0 {
		return No
	}
	answer := v.asked[i].answer
	if v.opt.Now().After(v.asked[i].At.Add(v.settings.OTPLife())) {
		answer = No
	}
	if answer != Waiting {
		v.asked = slices.Delete(v.asked, i, i+1)
	}
	return answer
}

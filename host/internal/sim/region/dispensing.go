package region

import (
	"fmt"
	"slices"
)

// Dispensing is what a pharmacy or a clinic does to a prescription, or time.
// The values are the names of the control interface.
type Dispensing string

// What can be done, in the order of a prescription's life.
const (
	TakeInCharge Dispensing = "prendi-in-carico"
	Release      Dispensing = "rilascia"
	Suspend      Dispensing = "sospendi"
	Resume       Dispensing = "riprendi"
	DispenseOne  Dispensing = "eroga-una"
	DispenseAll  Dispensing = "eroga"
	Undo         Dispensing = "annulla-erogazione"
	Expire       Dispensing = "scade"
	DispensePay  Dispensing = "eroga-non-ssn" // at the patient's own expense
)

// transition leads from any of the states to one.
type transition struct {
	does Dispensing
	from []string
	to   string
}

// transitions are the dispenser's half of the life of a prescription; the
// prescriber's is to cancel it in state 3.
var transitions = []transition{
	{TakeInCharge, []string{stateLive, stateUndone}, stateInCharge},
	{Release, []string{stateInCharge, stateSuspended}, stateLive},
	{Suspend, []string{stateInCharge, statePartly}, stateSuspended},
	{Resume, []string{stateSuspended}, stateInCharge},
	{DispenseOne, []string{stateInCharge, statePartly}, statePartly},
	{DispenseAll, []string{stateInCharge, statePartly}, stateDispensed},
	{Undo, []string{statePartly, stateDispensed}, stateUndone},
	{Expire, []string{stateLive}, stateExpired},
	{DispensePay, []string{stateLive, stateInCharge}, statePrivate},
}

// Dispensings are all there are.
func Dispensings() (all []Dispensing) {
	for _, t := range transitions {
		all = append(all, t.does)
	}
	return all
}

// Possible lists what can be done to a prescription in a state.
func Possible(state string) (list []Dispensing) {
	for _, t := range transitions {
		if slices.Contains(t.from, state) {
			list = append(list, t.does)
		}
	}
	return list
}

// Dispense does d to a prescription, if its state allows it.
func (r *Region) Dispense(nre string, d Dispensing) error {
	return r.archive.change(nre, r.today(), func(p prescription) (string, error) {
		for _, t := range transitions {
			if t.does == d && slices.Contains(t.from, p.State) {
				return t.to, nil
			}
		}
		return "", fmt.Errorf("%w: %s in state %s", errState, d, p.State)
	})
}

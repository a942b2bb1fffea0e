package csc

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"
)

// text is a string that some services write as a number or a truth value.
type text string

func (t *text) UnmarshalJSON(data []byte) error {
	var s string
	if json.Unmarshal(data, &s) == nil {
		*t = text(s)
		return nil
	}
	if raw := string(data); raw != "null" && raw[0] != '{' && raw[0] != '[' {
		*t = text(raw)
	}
	return nil
}

func (t text) yes() bool { return strings.EqualFold(string(t), "true") }

// list is a list of strings, of which some services write one alone.
type list []string

func (l *list) UnmarshalJSON(data []byte) error {
	var many []text
	if json.Unmarshal(data, &many) == nil {
		for _, one := range many {
			*l = append(*l, string(one))
		}
		return nil
	}
	var one text
	if err := json.Unmarshal(data, &one); err != nil || one == "" {
		return err
	}
	*l = list{string(one)}
	return nil
}

// number is a whole number, or the number in quotes.
type number int

func (n *number) UnmarshalJSON(data []byte) error {
	var t text
	if err := json.Unmarshal(data, &t); err != nil {
		return err
	}
	v, err := strconv.ParseFloat(string(t), 64)
	if err != nil || math.IsNaN(v) {
		return nil
	}
	*n = number(min(max(v, 0), math.MaxInt32))
	return nil
}

// count is multisign: how many signatures one authorisation gives. Old services
// answer whether there can be several, not how many: 0 is "not told".
type count int

func (c *count) UnmarshalJSON(data []byte) error {
	var t text
	if err := json.Unmarshal(data, &t); err != nil {
		return err
	}
	switch strings.ToLower(string(t)) {
	case "true":
		*c = 0
		return nil
	case "false":
		*c = 1
		return nil
	}
	var n number
	err := json.Unmarshal(data, &n)
	*c = count(n)
	return err
}

// maxLife bounds what a service says of how long something lives.
const maxLife = 24 * time.Hour

// life is expiresIn or expires_in; usual when it is not told.
func life(n number, usual time.Duration) time.Duration {
	if n <= 0 {
		return usual
	}
	return min(time.Duration(n)*time.Second, maxLife)
}

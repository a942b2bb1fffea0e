package ricetta

// ValidAIC tells whether s is the nine-digit marketing authorisation code of a
// medicine with a right check digit: the digits at even places are doubled and
// their figures summed (as in ISO/IEC 7812-1, from the left).
func ValidAIC(s string) bool {
	if len(s) != 9 || !digits(s) {
		return false
	}
	sum := 0
	for i := range 8 {
		d := int(s[i] - '0')
		if i%2 == 1 {
			d *= 2
			d = d/10 + d%10
		}
		sum += d
	}
	return sum%10 == int(s[8]-'0')
}

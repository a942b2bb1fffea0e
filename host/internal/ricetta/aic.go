package ricetta

// ValidAIC tells whether s is the nine-digit marketing authorisation code of a
// medicine with a right check digit: the digits at even places are doubled and
// their figures summed (as in ISO/IEC 7812-1, from the left).
func ValidAIC(s string) bool {
	return len(s) == 9 && digits(s) && doubledSum(s[:8]) == int(s[8]-'0')
}

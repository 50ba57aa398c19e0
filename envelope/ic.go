package envelope

// ICState says what can be said of an identification number (IČ) alone.
type ICState uint8

// What CheckIC finds.
const (
	ICValid      ICState = iota // eight digits, check digit right
	ICCheckDigit                // eight digits, check digit wrong: a warning, published examples have such numbers
	ICMalformed                 // not eight digits
)

// CheckIC judges an IČ: eight digits, the last one a check digit (FACTS 3).
func CheckIC(ic string) ICState {
	if len(ic) != 8 {
		return ICMalformed
	}
	sum := 0
	for i := range 8 {
		d := int(ic[i]) - '0'
		if d < 0 || d > 9 {
			return ICMalformed
		}
		if i < 7 {
			sum += d * (8 - i)
		}
	}
	if (11-sum%11)%10 != int(ic[7]-'0') {
		return ICCheckDigit
	}
	return ICValid
}

package codelist

// Reasons lists the reasons of an Answer.
func Reasons() []Reason {
	return []Reason{
		NoList, NoVersion, Incomplete, Unreadable, NoUnitKind,
		NotListed, NotValid, Inactive, OtherUnit, NotExpected, OtherPeriod,
	}
}

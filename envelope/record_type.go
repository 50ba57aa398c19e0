package envelope

// RecordTypeOf finds the RecordType of a bare record from its root element: what
// extra says of "{namespace}Root", then of "Root", then the built-in table.
func RecordTypeOf(extra map[string]string, uri, local string) (string, bool) {
	t, err := (&Config{Types: extra}).recordType(uri, local)
	return t, err == nil
}

package settings

func othersWrite(string, bool) bool { return false }

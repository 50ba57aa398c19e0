package iso

// SectorSize is the number of bytes of a logical sector (ECMA-119 6.1.2).
const SectorSize = 2048

// Media is a kind of disc.
type Media struct {
	// Name is the name that users give: "cd", "cd74", "dvd", "dvd-dl".
	Name string
	// Sectors is the size of the largest image that every disc of the kind takes,
	// in sectors of 2,048 bytes (doc/facts.md 8: the smallest real discs).
	Sectors int64
}

// MediaByName returns the kind of disc of that name: "cd" (80 minutes), "cd74"
// (74 minutes), "dvd" (single layer, + or -), "dvd-dl" (dual layer).
func MediaByName(name string) (Media, bool) {
	for _, m := range allMedia {
		if m.Name == name {
			return m, true
		}
	}
	return Media{}, false
}

// AllMedia lists the kinds of disc, smallest first.
func AllMedia() []Media { return append([]Media(nil), allMedia[:]...) }

var allMedia = [...]Media{
	{"cd74", 332_850},
	{"cd", 359_100},
	{"dvd", 2_295_104},
	{"dvd-dl", 4_148_992},
}

package xsd

// Limits of what Compile accepts. They are far above any published schema
// and keep a hostile one from taking more than a moment.
const (
	maxSchemaBytes   = 16 << 20 // all schema documents together
	maxDocuments     = 1000
	maxNodes         = 200_000 // elements of all schema documents, a chameleon's once for each namespace
	maxChain         = 2_000   // references from one component to the next
	maxDerivation    = 256     // steps from a type to its ur-type
	maxGroupDepth    = 256     // groups inside one another
	maxParticles     = 1_000_000
	maxModel         = 20_000  // particles of one content model
	maxUnrolled      = 2_000   // particles of a content model whose counters are ambiguous
	maxUnionCost     = 10_000  // member types that one value may be compared with
	maxPattern       = 12_000  // states of one pattern
	maxPatternSource = 10_000  // characters of one pattern
	maxPatterns      = 400_000 // states of all patterns
	maxSteps         = 1_500_000
)

// Limits of what a Validator keeps of one document.
const (
	maxKeys        = 1 << 21   // identifiers and key sequences
	maxKeyBytes    = 256 << 20 // and their length together
	maxValue       = 1 << 20   // bytes of a value whose type cannot be checked piece by piece
	maxMisplaced   = 1000      // misplaced children of one element that are still validated
	maxMatchers    = 1 << 12   // selectors and fields that are active at once
	maxChildCounts = 256       // names of which the children of one element are counted for Path
)

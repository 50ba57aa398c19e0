package xsd

import "slices"

// intersect returns the intersection of two wildcards (XSD1 3.10.6, Attribute
// Wildcard Intersection). With first, a missing wildcard leaves the other one.
// processContents are those of a.
func (b *builder) intersect(n *node, a, o *wildcard, first bool) *wildcard {
	if a == nil && o == nil {
		return nil
	}
	if first {
		w := a
		if w == nil {
			w = o
		}
		c := *w
		return &c
	}
	if o == nil {
		// A group without a wildcard constrains nothing (XSD1 3.4.2, "complete wildcard").
		return a
	}
	r := &wildcard{process: a.process}
	switch {
	case a.any:
		r.any, r.not, r.set = o.any, o.not, o.set
	case o.any:
		r.any, r.not, r.set = a.any, a.not, a.set
	case a.not && o.not:
		switch {
		case a.set[0] == o.set[0] || o.set[0] == "":
			r.not, r.set = true, a.set
		case a.set[0] == "":
			r.not, r.set = true, o.set
		default:
			fail(n, "cos-aw-intersect", "the namespaces that both wildcards allow cannot be expressed")
		}
	default:
		from, by := a, o
		if a.not {
			from, by = o, a
		}
		for _, u := range from.set {
			if by.allows(u) {
				r.set = append(r.set, u)
			}
		}
	}
	return r
}

// union returns the union of two wildcards (XSD1 3.10.6, Attribute Wildcard
// Union). processContents are those of a.
func (b *builder) union(n *node, a, o *wildcard) *wildcard {
	if o == nil {
		return a
	}
	if a == nil {
		return o
	}
	r := &wildcard{process: a.process}
	switch {
	case a.any || o.any:
		r.any = true
	case a.not && o.not:
		r.not = true
		if a.set[0] == o.set[0] {
			r.set = a.set
		} else {
			r.set = []string{""}
		}
	case !a.not && !o.not:
		r.set = append(slices.Clone(a.set), o.set...)
	default:
		not, set := a, o
		if o.not {
			not, set = o, a
		}
		hasNot, hasAbsent := slices.Contains(set.set, not.set[0]), slices.Contains(set.set, "")
		switch {
		case hasNot && hasAbsent || not.set[0] == "" && hasAbsent:
			r.any = true
		case hasNot && not.set[0] != "":
			r.not, r.set = true, []string{""}
		case hasAbsent:
			fail(n, "cos-aw-union", "the namespaces that one of the wildcards allows cannot be expressed")
		default:
			r.not, r.set = true, not.set
		}
	}
	return r
}

// subsetOf reports whether o allows every namespace that w allows (XSD1 3.10.6,
// Wildcard Subset).
func (w *wildcard) subsetOf(o *wildcard) bool {
	switch {
	case o.any:
		return true
	case w.any:
		return false
	case w.not:
		return o.not && (w.set[0] == o.set[0])
	}
	for _, u := range w.set {
		if !o.allows(u) {
			return false
		}
	}
	return true
}

// overlaps reports whether both allow some name.
func (w *wildcard) overlaps(o *wildcard) bool {
	switch {
	case w.any:
		return o.any || o.not || len(o.set) > 0
	case o.any:
		return w.not || len(w.set) > 0
	case w.not && o.not:
		return true
	case w.not:
		return slices.ContainsFunc(o.set, w.allows)
	}
	return slices.ContainsFunc(w.set, o.allows)
}

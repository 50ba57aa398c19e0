// Package csuis holds no code: it is the root of csuis-offline, a toolkit for
// Czech public bodies, which must submit their accounting records to CSÚIS, the
// state's central system of accounting information. While the online channel is
// down, they may hand the records over on a disc. The toolkit makes such a disc,
// proves later what is on it, and sends records online when the channel works.
//
// The command is in cmd/csuis-offline. What it does lies in packages that others
// can use as well:
//
//   - crypto: the encrypted container, NAME.XM6, and its keys
//   - checksum: the checksum files, NAME.SHA
//   - c14n, xsd: canonical XML and XML Schema 1.0, both as streams
//   - envelope, seal: the envelope around a record, its integrity identifier, and
//     both steps to a sealed record in one pass
//   - form, iso: the transfer form as PDF, and disc images
//   - check: whether a record is fit to be handed over
//   - batch, bundle, bundle/verify: many records sealed at once, the package made of
//     them, and what a stranger can prove of it
//   - online, outbox: the online channel, and what was sent over it
//   - handover: sending with patience, the news from the inbox, the fall back to a
//     disc; it joins online and outbox
//   - settings: csuis.toml, read, checked and written back
//   - finding, progress, stage: what all of them rest on, which is the form of what was
//     found, how far long work is, and outputs that appear whole or not at all
//
// The formats are specified in doc, and testdata has vectors for programs that read
// or write them.
package csuis

package envelope

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/beevik/etree"
)

// placeholder is the name of the element that the record replaces.
const placeholder = "record"

// template builds the envelope of a bare record, with the placeholder instead of
// the record and an empty footer.
func (c *Config) template(recordType string, now time.Time, random io.Reader) ([]byte, error) {
	doc, env, h, err := c.begin(now, random)
	if err != nil {
		return nil, err
	}
	env.CreateAttr("xmlns:cus", CusNS)
	message := env.CreateElement("msg:EnvelopeBody").CreateElement("cus:Message")
	mh := message.CreateElement("cus:MessageHeader")
	leaf(mh, "cus:MessageId", h.transaction)
	leaf(mh, "cus:DateTimeCreated", h.created)
	leaf(mh, "cus:RecordType", recordType)
	message.CreateElement("cus:MessageBody").CreateElement(placeholder)
	env.CreateElement("msg:EnvelopeFooter")
	doc.Indent(2)
	return doc.WriteToBytes()
}

// stamp is what a new header says of itself.
type stamp struct{ transaction, created string }

// begin builds a new envelope up to its header.
func (c *Config) begin(now time.Time, random io.Reader) (*etree.Document, *etree.Element, stamp, error) {
	if err := c.check(); err != nil {
		return nil, nil, stamp{}, err
	}
	if random == nil {
		random = rand.Reader
	}
	var id [16]byte
	if _, err := io.ReadFull(random, id[:]); err != nil {
		return nil, nil, stamp{}, fmt.Errorf("envelope: random TransactionId: %w", err)
	}
	s := stamp{strings.ToUpper(hex.EncodeToString(id[:])), now.UTC().Format("2006-01-02T15:04:05Z")}

	doc := etree.NewDocument()
	doc.CreateProcInst("xml", `version="1.0" encoding="UTF-8"`)
	env := doc.CreateElement("msg:Envelope")
	env.CreateAttr("xmlns:msg", MessagingNS)
	env.CreateAttr("xmlns:iissp", CommonNS)

	header := env.CreateElement("msg:EnvelopeHeader")
	leaf(header, "iissp:TransactionId", s.transaction)
	leaf(header, "msg:DateTimeCreated", s.created)
	sender := header.CreateElement("msg:Sender")
	leaf(sender, "iissp:IC", c.Unit.IC)
	leaf(sender, "iissp:SubjectName", c.Unit.Name)
	c.person(sender.CreateElement("iissp:ResponsiblePerson"))
	recipient := header.CreateElement("msg:Recipient")
	leaf(recipient, "iissp:IC", MinistryIC)
	leaf(recipient, "iissp:SubjectName", ministryName)
	leaf(recipient, "iissp:Module", c.module())
	return doc, env, s, nil
}

func (c *Config) person(e *etree.Element) {
	if c.Person.Name != "" {
		leaf(e, "iissp:PersonName", c.Person.Name)
	}
	if c.Person.Email != "" {
		leaf(e, "iissp:Email", c.Person.Email)
	}
	leaf(e, "iissp:PersonId", c.Person.ID)
	if c.Person.UserName != "" {
		leaf(e, "iissp:UserName", c.Person.UserName)
	}
	for _, phone := range c.Person.Phones {
		leaf(e, "iissp:PhoneNumber", dialled(phone))
	}
}

func leaf(parent *etree.Element, name, value string) { parent.CreateElement(name).SetText(value) }

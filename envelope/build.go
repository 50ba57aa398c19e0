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

// placeholder is the element that the record takes the place of.
const placeholder = "record"

// template builds the envelope of a bare record, with a placeholder in the
// record's place and an empty footer.
func (c *Config) template(recordType string, now time.Time, random io.Reader) ([]byte, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	if random == nil {
		random = rand.Reader
	}
	var id [16]byte
	if _, err := io.ReadFull(random, id[:]); err != nil {
		return nil, fmt.Errorf("random TransactionId: %w", err)
	}
	transaction := strings.ToUpper(hex.EncodeToString(id[:]))
	created := now.UTC().Format("2006-01-02T15:04:05Z")

	doc := etree.NewDocument()
	doc.CreateProcInst("xml", `version="1.0" encoding="UTF-8"`)
	env := doc.CreateElement("msg:Envelope")
	env.CreateAttr("xmlns:msg", MessagingNS)
	env.CreateAttr("xmlns:iissp", CommonNS)
	env.CreateAttr("xmlns:cus", CusNS)

	header := env.CreateElement("msg:EnvelopeHeader")
	leaf(header, "iissp:TransactionId", transaction)
	leaf(header, "msg:DateTimeCreated", created)
	sender := header.CreateElement("msg:Sender")
	leaf(sender, "iissp:IC", c.Unit.IC)
	leaf(sender, "iissp:SubjectName", c.Unit.Name)
	c.person(sender.CreateElement("iissp:ResponsiblePerson"))
	recipient := header.CreateElement("msg:Recipient")
	leaf(recipient, "iissp:IC", MinistryIC)
	leaf(recipient, "iissp:SubjectName", ministryName)
	leaf(recipient, "iissp:Module", c.module())

	message := env.CreateElement("msg:EnvelopeBody").CreateElement("cus:Message")
	mh := message.CreateElement("cus:MessageHeader")
	leaf(mh, "cus:MessageId", transaction)
	leaf(mh, "cus:DateTimeCreated", created)
	leaf(mh, "cus:RecordType", recordType)
	message.CreateElement("cus:MessageBody").CreateElement(placeholder)
	env.CreateElement("msg:EnvelopeFooter")
	doc.Indent(2)
	return doc.WriteToBytes()
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

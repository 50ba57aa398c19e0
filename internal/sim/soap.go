package sim

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"

	"csuis-offline/c14n"
	"csuis-offline/envelope"
)

// soapNS is the namespace of SOAP 1.1.
const soapNS = "http://schemas.xmlsoap.org/soap/envelope/"

const (
	soapOpen  = `<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<SOAP:Envelope xmlns:SOAP="` + soapNS + `"><SOAP:Body>`
	soapClose = `</SOAP:Body></SOAP:Envelope>` + "\n"
)

// clientError is a mistake in a request, which the sender must correct.
type clientError struct{ text string }

func (e *clientError) Error() string { return e.text }

func badRequest(format string, args ...any) error {
	return &clientError{fmt.Sprintf(format, args...)}
}

func contentType(w http.ResponseWriter) { w.Header().Set("Content-Type", "text/xml;charset=utf-8") }

// fault answers with a SOAP Fault (SOAP 1.1, 4.4; technical manual, chapter M).
func fault(w http.ResponseWriter, status int, code, text string) {
	var escaped bytes.Buffer
	xml.EscapeText(&escaped, []byte(text))
	contentType(w)
	w.WriteHeader(status)
	io.WriteString(w, soapOpen+"<SOAP:Fault><faultcode>SOAP:"+code+"</faultcode><faultstring>"+escaped.String()+"</faultstring></SOAP:Fault>"+soapClose)
}

// faultOf answers with the Fault for an error.
func faultOf(w http.ResponseWriter, err error) {
	var client *clientError
	var syntax *c14n.SyntaxError
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		fault(w, http.StatusInternalServerError, "Client", "The message is too large")
	case errors.As(err, &client), errors.As(err, &syntax):
		fault(w, http.StatusInternalServerError, "Client", err.Error())
	default:
		fault(w, http.StatusInternalServerError, "Server", "System error")
	}
}

func unauthenticated(w http.ResponseWriter) {
	w.Header().Set("WWW-Authenticate", `Basic realm="CSUIS"`)
	fault(w, http.StatusUnauthorized, "Server.Unauthenticated", "Unauthenticated")
}

// textXML refuses what is not sent as XML of SOAP 1.1.
func textXML(r *http.Request) error {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "text/xml" {
		return badRequest("the content type is not text/xml")
	}
	return nil
}

// inBody reads a SOAP message and hands over the tokens of the one element in its
// Body, which has to be an element of the messaging schema; scanner is for asking
// what is in scope.
func inBody(r io.Reader, local string, each func(sc *c14n.Scanner, t *c14n.Token) error) error {
	sc := c14n.NewScanner(r)
	body, elements, headed := false, 0, false
	for {
		t, err := sc.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		switch {
		case t.Kind == c14n.Start && t.Depth == 1:
			if t.URI != soapNS || string(t.Local) != "Envelope" {
				return badRequest("not a SOAP 1.1 envelope")
			}
		case t.Kind == c14n.Start && t.Depth == 2:
			switch name := string(t.Local); {
			case t.URI == soapNS && name == "Header" && !headed && elements == 0 && !body:
				headed = true
			case t.URI == soapNS && name == "Body" && !body:
				body = true
			default:
				return badRequest("the element %.40s does not belong into a SOAP envelope here", t.Local)
			}
		case body && t.Depth >= 3:
			if t.Kind == c14n.Start && t.Depth == 3 {
				if elements++; elements > 1 || t.URI != envelope.MessagingNS || string(t.Local) != local {
					return badRequest("the body has to hold one element %s of %s", local, envelope.MessagingNS)
				}
			}
			if err := each(sc, t); err != nil {
				return err
			}
		}
	}
	if elements == 0 {
		return badRequest("the body holds no %s", local)
	}
	return nil
}

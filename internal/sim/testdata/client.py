"""A client of the two services that knows of them only what the WSDL files say.

    client.py WSDL_SUBMIT WSDL_INBOX URL CA LOGIN SEALED IC PERSON

Submits the sealed record, waits for two status messages, fetches them, and
prints what it found as lines of words. WSDL_* are paths or addresses; the
services' addresses are those of URL.
"""
import sys
import time
from datetime import datetime, timezone

import requests
from zeep import Client, Transport
from zeep.exceptions import Fault

submit_wsdl, inbox_wsdl, url, ca, login, sealed, ic, person = sys.argv[1:9]
password = sys.stdin.read()

session = requests.Session()
session.verify = ca
session.auth = (login, password.encode("utf-8"))
session.trust_env = False
transport = Transport(session=session)


def port(wsdl, name, path):
    client = Client(wsdl, transport=transport)
    binding = "{urn:csuis-offline:wsdl:%s}%sBinding" % (name, "SI_ENCRYPTED_MESSAGE" if name == "csuis" else "SI_INBOX_ENVELOPE")
    return client.create_service(binding, url + path)


submit = port(submit_wsdl, "csuis", "/csuis/ws/vykazy")
inbox = port(inbox_wsdl, "inbox", "/csuis/ws/inbox")

with open(sealed, "rb") as f:
    print("submitted", submit.SI_ENCRYPTED_MESSAGE(f.read()))

header = {
    "TransactionId": "AB12",
    "DateTimeCreated": datetime.now(timezone.utc).replace(microsecond=0),
    "Sender": {"IC": ic, "SubjectName": "Jednotka", "ResponsiblePerson": {"PersonId": person}},
    "Recipient": {"IC": "00006947", "SubjectName": "Ministerstvo financí ČR", "Module": "CSUIS"},
}


def ask(question):
    return inbox.Inbox(EnvelopeHeader=header, EnvelopeBody={"Inbox": question})


def listed(conditions):
    body = ask({"SeznamZpravPozadavek": conditions}).EnvelopeBody
    # zeep drops a choice whose element is empty, as that of an empty list is.
    return body.Inbox.SeznamZpravVypis.Zprava if "Inbox" in body else []


for _ in range(200):
    rows = listed({"ZpravaStatus": "N", "TypDatoveZpravy": "C101"})
    if len(rows) == 2:
        break
    time.sleep(0.05)
for row in rows:
    message = ask({"ZpravaPozadavek": {"ZpravaId": row.ZpravaId}})
    state = message.EnvelopeBody.StavZpracovani
    print("status", row.ZpravaId, row.IC, row.ZpravaStatus, state.StavId, state.RefIdPrenosu, message.EnvelopeHeader.ReferenceTransactionId._value_1)
print("unread", len(listed({"ZpravaStatus": "N"})))
try:
    ask({"ZpravaPozadavek": {"ZpravaId": "999"}})
except Fault as fault:
    print("fault", fault.code, fault.message)
session.auth = (login, b"jine")
try:
    ask({"SeznamZpravPozadavek": {}})
except Fault as fault:
    print("fault", fault.code, fault.message)

"""A server for the tests, on Debian's python3-spyne and python3-lxml.

    spyne_server.py FOLDER

FOLDER holds cert.pem and key.pem, the login as "user:password" in login, and the
envelopes list.xml and message.xml with which the inbox answers. It gets port.txt,
and one file for each request that passed spyne's parsing: record-N.bin with the
decoded record, request-N.xml with the inner envelope.
"""
import base64
import os
import ssl
import sys
import wsgiref.simple_server

from lxml import etree
from spyne import Application, AnyXml, ByteArray, Fault, ServiceBase, rpc
from spyne.protocol.soap import Soap11
from spyne.server.wsgi import WsgiApplication

MSG = "urn:cz:mfcr:iissp:schemas:Messaging:v1"
folder = sys.argv[1]


def at(name):
    return os.path.join(folder, name)


def numbered(pattern):
    n = 1
    while os.path.exists(at(pattern % n)):
        n += 1
    return at(pattern % n)


def local(element, name):
    return element.find(".//{%s}%s" % (MSG, name))


class Records(ServiceBase):
    @rpc(ByteArray, _body_style="bare", _in_message_name="{%s}EncryptedMessage" % MSG)
    def EncryptedMessage(ctx, record):
        data = b"".join(record)
        if data.startswith(b"REFUSE"):
            raise Fault("Client", "Zpráva nebyla přijata")
        if data.startswith(b"BUSY"):
            raise Fault("Server", "Systém je přetížen")
        with open(numbered("record-%d.bin"), "wb") as f:
            f.write(data)


class Inbox(ServiceBase):
    @rpc(AnyXml, _body_style="bare", _returns=AnyXml, _in_message_name="{%s}Envelope" % MSG, _out_message_name="{%s}Answer" % MSG)
    def Envelope(ctx, _):
        request = ctx.in_body_doc
        with open(numbered("request-%d.xml"), "wb") as f:
            f.write(etree.tostring(request))
        if local(request, "SeznamZpravPozadavek") is not None:
            name = "list.xml"
        elif local(request, "ZpravaId").text == "7":
            name = "message.xml"
        else:
            raise Fault("Client.NotFound", "Zpráva neexistuje")
        return etree.parse(at(name)).getroot()


def bare_answer(ctx):
    """The answer is the envelope itself, which spyne wraps in an element."""
    body = ctx.out_document.find("{*}Body")
    if len(body) == 1 and body[0].tag == "{%s}Answer" % MSG and len(body[0]) == 1:
        inner = body[0][0]
        body.replace(body[0], inner)


Inbox.event_manager.add_listener("method_return_document", bare_answer)


def soap(name, services):
    app = Application(services, MSG, name=name, in_protocol=Soap11(validator="lxml"), out_protocol=Soap11())
    # Under another prefix lxml would rename those in the signed answer, and no
    # identifier survives that. As it is, it moves the declaration outwards.
    prefix = app.interface.prefmap.pop(MSG)
    app.interface.nsmap.pop(prefix)
    app.interface.prefmap[MSG], app.interface.nsmap["msg"] = "msg", MSG
    return WsgiApplication(app, max_content_length=64 << 20)


records, inbox = soap("records", [Records]), soap("inbox", [Inbox])
with open(at("login"), "rb") as f:
    login = "Basic " + base64.b64encode(f.read()).decode()


def application(environ, start_response):
    if environ.get("HTTP_AUTHORIZATION") != login:
        body = (
            b'<SOAP:Envelope xmlns:SOAP="http://schemas.xmlsoap.org/soap/envelope/"><SOAP:Body><SOAP:Fault>'
            b"<faultcode>SOAP:Server.Unauthenticated</faultcode><faultstring>no</faultstring></SOAP:Fault></SOAP:Body></SOAP:Envelope>"
        )
        start_response("401 Unauthorized", [("Content-Type", "text/xml"), ("Content-Length", str(len(body)))])
        return [body]
    if environ.get("HTTP_SOAPACTION") != '"http://sap.com/xi/WebService/soap1.1"':
        start_response("400 Bad Request", [("Content-Length", "0")])
        return []
    app = records if environ["PATH_INFO"].endswith("/vykazy") else inbox
    return app(environ, start_response)


class Handler(wsgiref.simple_server.WSGIRequestHandler):
    def log_message(self, *args):
        pass


server = wsgiref.simple_server.make_server("127.0.0.1", 0, application, handler_class=Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(at("cert.pem"), at("key.pem"))
server.socket = context.wrap_socket(server.socket, server_side=True)
with open(at("port.tmp"), "w") as f:
    f.write(str(server.server_address[1]))
os.rename(at("port.tmp"), at("port.txt"))
server.serve_forever()

# The same with an interpreter around it; the compiled modules lie beside the sources.
import_all() {
  PYTHONHOME=$MERGED/usr PYTHONDONTWRITEBYTECODE=1 python3 -E -s -S -c '
import asyncio, concurrent.futures, csv, ctypes, dataclasses, decimal, doctest, email.mime.multipart, ftplib, gettext, html.parser
import http.server, imaplib, json, logging.config, mailbox, multiprocessing.pool, optparse, pdb, pickle, pydoc, sqlite3, ssl
import statistics, tarfile, tempfile, turtledemo, unittest.mock, urllib.request, uuid, wsgiref.simple_server, xml.dom.minidom
import xml.etree.ElementTree, xmlrpc.client, zipfile' >/dev/null
}
measure 'python import' import_all

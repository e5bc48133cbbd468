# SPDX-License-Identifier: MIT
"""The types and calls of haul.h that this package uses.

A test compares each structure, constant and call with the header; what the
header has and Python has no use for is left out.
"""

import enum
from ctypes import (CFUNCTYPE, POINTER, Structure, c_bool, c_char, c_char_p,
                    c_int, c_int64, c_size_t, c_uint32, c_uint64, c_void_p)

NAME_SIZE = 256
HOST_SIZE = 64


def constants(name, members):
    return enum.IntEnum(name, members, start=0)


Result = constants(
    'Result', 'OK EUSAGE ENOMEM EIO ENOENT ESTATE EFAILED ESTOPPED EBUSY')
Complaint = constants(
    'Complaint', 'NONE UNKNOWN_OPTION NOT_A_NUMBER OUT_OF_RANGE NOT_A_CHOICE '
    'NOT_A_SWITCH BAD_HEADER BAD_CHECKSUM UNKNOWN_DIGEST CHECKSUM_LENGTH '
    'BAD_URL BAD_SCHEME BAD_NAME WRONG_SCOPE EMPTY PROXY_SCHEME PROXY_HOST '
    'PROXY_PORT CONFLICT UNREADABLE STORE_NEWER NO_STORE SECRET '
    'STORE_FOREIGN')
Cause = constants(
    'Cause', 'NONE DNS CONNECT TLS TIMEOUT STALL HTTP TOO_MANY_REDIRECTS '
    'BAD_RANGE SIZE_MISMATCH CHANGED CHECKSUM DISK_FULL DISK_PERM '
    'NAME_CONFLICT WRITE BAD_URL UNSUPPORTED CANCELLED INTERNAL SECRET PAGE '
    'COUNT')
State = constants(
    'State', 'QUEUED PAUSED CONNECTING ACTIVE VERIFYING WAITING DONE SKIPPED '
    'FAILED REMOVED COUNT')
EventKind = constants(
    'EventKind', 'START META RETRY DONE SKIP FAIL WARN STATE END')
Note = constants(
    'Note', 'NONE NO_SERVER_DIGEST BAD_SERVER_DIGEST OTHER_SERVER_DIGEST '
    'RESTARTED FEWER_CONNECTIONS LENGTH_UNVERIFIED ENCODED OTHER_ETAG '
    'SET_ASIDE STORE_SET_ASIDE STORE_FAILED OFFLINE LOGIN ONLINE')

# What the constants are called in haul.h.
PREFIXES = {
    'HAUL_': Result, 'HAUL_COMPLAINT_': Complaint, 'HAUL_CAUSE_': Cause,
    'HAUL_STATE_': State, 'HAUL_EVENT_': EventKind, 'HAUL_NOTE_': Note,
}


class Error(Structure):
    _fields_ = [
        ('result', c_int), ('complaint', c_int),
        ('min', c_int64), ('max', c_int64),
        ('sys_errno', c_int), ('pid', c_int64),
        ('option', c_char * 32), ('value', c_char * 256),
        ('expected', c_char * 64),
    ]


class Answer(Structure):
    _fields_ = [
        ('url', c_char_p), ('final_url', c_char_p),
        ('content_type', c_char_p), ('content_disposition', c_char_p),
        ('suggested_name', c_char_p),
        ('size_bytes', c_int64), ('http_status', c_int),
        ('etag', c_char_p), ('last_modified', c_char_p),
    ]


class Request(Structure):
    _fields_ = [
        ('url', c_char_p),
        ('mirrors', POINTER(c_char_p)), ('mirror_count', c_size_t),
        ('name', c_char_p), ('dir', c_char_p),
        ('options', c_void_p), ('user', c_void_p), ('paused', c_bool),
    ]


class Event(Structure):
    _fields_ = [
        ('kind', c_int), ('note', c_int), ('id', c_uint64),
        ('attempt', c_uint32), ('cause', c_int), ('http_status', c_int),
        ('wait_ms', c_int64), ('next_try', c_uint32),
        ('tries_max', c_uint32), ('offline', c_bool), ('state', c_int),
        ('ended', c_bool), ('stopped', c_bool),
    ]


class Item(Structure):
    _fields_ = [
        ('id', c_uint64), ('state', c_int), ('cause', c_int),
        ('http_status', c_int), ('curl_code', c_int), ('sys_errno', c_int),
        ('size_bytes', c_int64), ('got_bytes', c_int64),
        ('resumed_bytes', c_int64), ('wait_ms', c_int64), ('wait', c_int),
        ('wait_cap', c_uint32), ('elapsed_ms', c_int64),
        ('started_at_ms', c_int64), ('ended_at_ms', c_int64),
        ('added_rank', c_int64), ('attempts', c_uint32),
        ('connections', c_uint32), ('redirects', c_uint32),
        ('attempt_started_ms', c_int64), ('connect_ms', c_int64),
        ('tls_ms', c_int64), ('first_byte_ms', c_int64),
        ('http_version', c_int), ('address', c_char_p),
        ('server', c_char_p), ('resumable', c_bool),
        ('digest_checked', c_bool), ('url', c_char_p),
        ('final_url', c_char_p), ('path', c_char_p), ('message', c_char_p),
        ('etag', c_char_p), ('last_modified', c_char_p),
        ('history', c_void_p), ('history_count', c_size_t),
        ('user', c_void_p),
    ]


class Row(Structure):
    _fields_ = [
        ('id', c_uint64), ('state', c_int), ('cause', c_int),
        ('http_status', c_int), ('next_try', c_uint32),
        ('tries_max', c_uint32), ('attempt', c_uint32),
        ('connections', c_uint32), ('connections_wanted', c_uint32),
        ('size_bytes', c_int64), ('got_bytes', c_int64),
        ('speed_bps', c_int64), ('wait_ms', c_int64), ('wait', c_int),
        ('wait_cap', c_uint32), ('elapsed_ms', c_int64),
        ('ended_ms', c_int64), ('resumable', c_bool),
        ('host', c_char * HOST_SIZE), ('name', c_char * NAME_SIZE),
    ]


class Totals(Structure):
    _fields_ = [
        ('files', c_uint64), ('queued', c_uint64), ('paused', c_uint64),
        ('active', c_uint64), ('waiting', c_uint64), ('done', c_uint64),
        ('skipped', c_uint64), ('failed', c_uint64), ('removed', c_uint64),
        ('changes', c_uint64), ('hold', c_int), ('running', c_bool),
        ('offline', c_bool), ('offline_ms', c_int64),
        ('connections', c_uint32), ('got_bytes', c_int64),
        ('size_bytes', c_int64), ('size_is_lower_bound', c_bool),
        ('fetched_bytes', c_int64), ('speed_bps', c_int64),
        ('elapsed_ms', c_int64), ('longest_rest_ms', c_int64),
    ]


STRUCTURES = {
    'haul_error': Error, 'haul_answer': Answer, 'haul_request': Request,
    'haul_event': Event, 'haul_item': Item, 'haul_row': Row,
    'haul_totals': Totals,
}

# Answers with malloc()ed memory: an address, so that ctypes leaves it alone.
NameFunction = CFUNCTYPE(c_void_p, POINTER(Answer), c_void_p, c_size_t,
                         c_void_p)

# What each call answers, and takes.
CALLS = {
    'haul_options_new': (c_void_p,),
    'haul_options_free': (None, c_void_p),
    'haul_options_set': (c_int, c_void_p, c_char_p, c_char_p,
                         POINTER(Error)),
    'haul_options_on_name': (None, c_void_p, NameFunction, c_void_p),
    'haul_new': (c_int, c_void_p, POINTER(c_void_p), POINTER(Error)),
    'haul_free': (None, c_void_p),
    'haul_add': (c_int, c_void_p, POINTER(Request), POINTER(c_uint64),
                 POINTER(Error)),
    'haul_start': (c_int, c_void_p),
    'haul_stop': (None, c_void_p),
    'haul_cancel': (c_int, c_void_p, c_uint64),
    'haul_retry': (c_int, c_void_p, c_uint64),
    'haul_retry_failed': (c_size_t, c_void_p),
    'haul_set': (c_int, c_void_p, c_char_p, c_char_p, POINTER(Error)),
    'haul_fd': (c_int, c_void_p),
    'haul_next_event': (c_bool, c_void_p, POINTER(Event)),
    'haul_item': (POINTER(Item), c_void_p, c_uint64),
    'haul_item_free': (None, POINTER(Item)),
    'haul_active': (c_size_t, c_void_p, POINTER(Row), c_size_t),
    'haul_totals': (None, c_void_p, POINTER(Totals)),
    'haul_cause_name': (c_char_p, c_int),
    'haul_cause_can_retry': (c_bool, c_int, c_int),
    'haul_version': (c_char_p,),
}


def declare(library):
    """Tells ctypes of each call; AttributeError if one is not there."""
    for name, (answer, *arguments) in CALLS.items():
        call = getattr(library, name)
        call.restype, call.argtypes = answer, arguments

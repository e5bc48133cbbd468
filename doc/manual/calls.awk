# SPDX-License-Identifier: MIT
#
# awk -v page=NAME -f calls.awk haul.h
#
# A page of the manual, section 3, out of haul.h: one for each of its sections,
# by the line that begins it, and libhaul for what stands before them and at
# the end. A comment belongs to the declarations right below it; what is no
# prototype is shown as it stands.

BEGIN {
	add("", "libhaul", "fetches many files in parallel")
	add("options", "haul_options", "option values of an engine or a file")
	add("an engine and its queue", "haul_new",
	    "an engine, its queue, and running it")
	add("changing the queue", "haul_pause",
	    "pause, order and change what is queued")
	add("failures", "haul_cause_name", "why a file failed")
	add("events", "haul_next_event", "what happens, as it happens")
	add("looking", "haul_item", "files, connections and totals to be shown")
	add("the queue on the disk", "haul_store", "runs, recorded and checked")
	add("results", "haul_results", "what became of the files")
	add("what haul stands on", "haul_libraries",
	    "libraries, certificates, directories, the store")
	add("version", "libhaul", "")
	current = "libhaul"
	if (page == "")
		exit
}

function add(title, name, about)
{
	page_of[title] = name
	if (about == "")
		return
	about_of[name] = about
	names[++name_count] = name
}

# ---- reading ----

/^#(ifndef|ifdef|if|else|endif|include|define HAUL_(H|MUST_CHECK|VERSION))/ ||
    /^extern "C"/ || /^}$/ {
	next
}

/^\/\* / && !in_code {
	loose_text()
	in_text = 1
	sub(/^\/\* ?/, "")
	if ($0 ~ /^---- /) {
		sub(/^---- /, "")
		done = sub(/ *-+ *\*\/$/, "")
		sub(/ *-+$/, "")
		current = page_of[$0]
		if (current == "") {
			printf "haul.h: no page for %s\n", $0 >"/dev/stderr"
			failed = 1
			exit 1
		}
		in_text = !done
		next
	}
}

in_text {
	ends = sub(/ ?\*\/$/, "")
	sub(/^ \*? ?/, "")
	if ($0 !~ /^SPDX/ && !(ends && $0 == ""))
		text = text $0 "\n"
	in_text = !ends
	next
}

/^$/ && depth == 0 {
	loose_text()
	next
}

{
	line = $0
	depth += gsub(/{/, "{", line) - gsub(/}/, "}", line)
	sub(/[ \t]*\/\*.*/, "", line)
	in_code = depth > 0 || line !~ /[;}]$/ && line !~ /^#define .*[^\\]$/
	code = code $0 "\n"
}

# ---- writing ----

# A comment that stands alone.
function loose_text()
{
	if (code != "")
		chunk()
	else if (text != "" && current == page)
		body = body ".Pp\n" filled(text)
	text = ""
}

function escaped(string)
{
	gsub(/\\/, "\\e", string)
	return string
}

# Text of a comment: a line for each sentence.
function filled(string,   lines, n, i, out)
{
	string = escaped(string)
	gsub(/\n\n/, "\001", string)
	gsub(/\n/, " ", string)
	gsub(/  +/, " ", string)
	n = split(string, lines, "\001")
	for (i = 1; i <= n; i++) {
		sub(/^ /, "", lines[i])
		sub(/ $/, "", lines[i])
		if (lines[i] != "")
			out = out (i > 1 ? ".Pp\n" : "") sentences(lines[i])
	}
	return out
}

function sentences(string,   out, at)
{
	while (match(string, /[.!?]\)? ["(]?[A-Z0-9]/)) {
		at = RSTART + (substr(string, RSTART + 1, 1) == ")")
		out = out wrapped(substr(string, 1, at))
		string = substr(string, at + 2)
	}
	return out wrapped(string)
}

# Lines that fit; names of functions are marked.
function wrapped(string,   words, n, i, line, out)
{
	n = split(string, words, " ")
	for (i = 1; i <= n; i++) {
		if (words[i] ~ /^\(?[a-z_]+\(\)[.,;:)]*$/) {
			out = out ended(line) marked(words[i])
			line = ""
			continue
		}
		gsub(/\(\)/, "(\\\\\\&)", words[i])
		if (line != "" && length(line " " words[i]) > 78) {
			out = out ended(line)
			line = ""
		}
		line = line (line == "" ? "" : " ") words[i]
	}
	return out ended(line)
}

function ended(line)
{
	return line == "" ? "" : safe(line) "\n"
}

function marked(word,   open, rest)
{
	open = sub(/^\(/, "", word)
	rest = word
	sub(/^[a-z_]+\(\)/, "", rest)
	sub(/\(\).*/, "", word)
	gsub(/./, " &", rest)
	return (open ? "(\\c\n" : "") ".Fn " word rest "\n"
}

function safe(string)
{
	return (string ~ /^[.']/ ? "\\&" : "") string
}

function literal(string,   lines, n, i, out)
{
	n = split(escaped(string), lines, "\n")
	for (i = 1; i < n; i++)
		out = out safe(lines[i]) "\n"
	return ".Bd -literal\n" out ".Ed\n"
}

# Arguments, at commas that are not inside of parentheses.
function arguments(string,   out, i, c, nested, from)
{
	from = 1
	for (i = 1; i <= length(string) + 1; i++) {
		c = substr(string, i, 1)
		nested += (c == "(") - (c == ")")
		if (c == "" || c == "," && nested == 0) {
			out = out argument(substr(string, from, i - from))
			from = i + 1
		}
	}
	return out
}

function argument(string)
{
	sub(/^ +/, "", string)
	return ".Fa " quoted(string) "\n"
}

function prototype(string,   name, before)
{
	gsub(/\n */, " ", string)
	sub(/ HAUL_MUST_CHECK/, "", string)
	sub(/\);.*/, "", string)
	match(string, /haul_[a-z_]+\(/)
	before = substr(string, 1, RSTART - 1)
	sub(/ $/, "", before)
	name = substr(string, RSTART, RLENGTH - 1)
	synopsis = synopsis ".Ft " quoted(before) "\n.Fo " name "\n" \
	    arguments(substr(string, RSTART + RLENGTH)) ".Fc\n"
	calls[++call_count] = name
	return ".It Fn " name "\n"
}

function quoted(string)
{
	return string ~ / / ? "\"" string "\"" : string
}

# Declarations without a blank line between, and what is said of them.
function chunk(   lines, n, i, piece, items, shown, whole)
{
	if (current == page) {
		n = split(code, lines, "\n")
		for (i = 1; i < n; i++) {
			piece = piece lines[i] "\n"
			whole += gsub(/{/, "{", lines[i]) - \
			    gsub(/}/, "}", lines[i])
			if (whole > 0 || !ends_here(piece))
				continue
			if (piece ~ /^[a-z][a-z_0-9 *]*haul_[a-z_]+\(/)
				items = items prototype(piece)
			else if (piece !~ /^struct haul[a-z_]*; *(\/\*|\n)/)
				shown = shown piece
			piece = ""
		}
		if (items != "")
			body = body ".Bl -tag -width Ds\n" items \
			    (text == "" ? "" : filled(text)) ".El\n"
		else if (text != "")
			body = body ".Pp\n" filled(text)
		if (shown != "")
			body = body literal(shown)
	}
	text = code = ""
}

function ends_here(piece)
{
	sub(/\/\*.*\*\//, "", piece)
	sub(/[ \n]+$/, "", piece)
	return piece ~ /;$/ || piece ~ /^#define/ && piece !~ /\\$/
}

# Of libhaul(3): what the other pages are about.
function overview(   i, out)
{
	out = ".Pp\nA program is built with\n" \
	    ".Dl cc program.c $(pkg-config --cflags --libs haul)\n.Pp\n" \
	    "The calls and their types:\n" \
	    ".Bl -tag -width haul_next_event(3) -compact\n"
	for (i = 2; i <= name_count; i++)
		out = out ".It Xr " names[i] " 3\n" about_of[names[i]] "\n"
	return out ".El\n"
}

# A whole program, from behind its first comment on.
function example_program(   line, text, begun)
{
	while ((getline line < example) > 0) {
		gsub(/\\/, "\\e", line)
		if (begun)
			text = text line "\n"
		else if (line ~ /^ \*\/$/)
			begun = 1
	}
	close(example)
	return ".Sh EXAMPLES\nFetches into a directory, and tells what became " \
	    "of each file:\n.Bd -literal\n" text ".Ed\n"
}

END {
	if (failed)
		exit 1
	loose_text()
	if (!(page in about_of)) {
		printf "calls.awk: no page %s\n", page >"/dev/stderr"
		exit 1
	}
	if (page == "libhaul")
		calls[++call_count] = ""        # its own name comes first
	print ".\\\" SPDX-License-Identifier: MIT"
	print ".Dd November 25, 2026\n.Dt " toupper(page) " 3\n.Os\n.Sh NAME"
	if (page == "libhaul")
		print ".Nm libhaul" (call_count > 1 ? " ," : "")
	for (i = 1; i <= call_count; i++)
		if (calls[i] != "")
			print ".Nm " calls[i] (i < call_count && \
			    calls[i + 1] != "" ? " ," : "")
	print ".Nd " about_of[page]
	printf ".Sh SYNOPSIS\n.In haul.h\n%s.Sh DESCRIPTION\n", synopsis
	sub(/^\.Pp\n/, "", body)
	printf "%s", body
	if (page == "libhaul")
		printf "%s%s", overview(), example_program()
	print ".Sh SEE ALSO"
	count = 0
	for (i = 1; i <= name_count; i++)
		if (names[i] != page)
			others[++count] = names[i]
	for (i = 1; i <= count; i++)        # few: by name
		for (j = i + 1; j <= count; j++)
			if (others[j] < others[i]) {
				swap = others[i]
				others[i] = others[j]
				others[j] = swap
			}
	print ".Xr haul 1 ,"
	for (i = 1; i <= count; i++)
		print ".Xr " others[i] " 3" (i < count ? " ," : "")
}

/* SPDX-License-Identifier: MIT
 *
 * floor-tls URL FILE, floor-tls --discard URL: one file over HTTPS (HTTP/1.1)
 * by SSL_read() and pwrite() alone. Certificates are not verified, as they
 * are not by the clients it is compared with.
 */
#include "config.h"

#include "floor.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <string.h>
#include <unistd.h>

/* A TLS record holds no more, and SSL_read() never returns two. */
#define FLOOR_TLS_BUFFER (16 * 1024)

static void
floor_tls_die(const char *what)
{
	char text[256];

	ERR_error_string_n(ERR_get_error(), text, sizeof(text));
	floor_die(0, "%s: %s", what, text);
}

static ssize_t
floor_tls_read(void *user, void *buffer, size_t size)
{
	SSL *ssl = user;
	size_t got = 0;

	if (SSL_read_ex(ssl, buffer, size, &got) != 1 &&
	    SSL_get_error(ssl, 0) != SSL_ERROR_ZERO_RETURN)
		floor_tls_die("SSL_read");
	return (ssize_t)got;
}

static SSL *
floor_tls_open(SSL_CTX *context, int fd)
{
	static const unsigned char alpn[] = "\x08http/1.1";
	SSL *ssl;

	ssl = SSL_new(context);
	if (ssl == NULL || SSL_set_fd(ssl, fd) != 1 ||
	    SSL_set_alpn_protos(ssl, alpn, sizeof(alpn) - 1) != 0)
		floor_tls_die("SSL_new");
	if (SSL_connect(ssl) != 1)
		floor_tls_die("SSL_connect");
	return ssl;
}

static void
floor_tls_get(const char *text, int out_fd)
{
	struct floor_url url;
	char request[4096];
	SSL_CTX *context;
	SSL *ssl;
	size_t length, sent;
	int fd;

	floor_url_parse(&url, text, "https", "443");
	length = floor_request(&url, request, sizeof(request));
	context = SSL_CTX_new(TLS_client_method());
	if (context == NULL)
		floor_tls_die("SSL_CTX_new");
	fd = floor_connect(&url);
	ssl = floor_tls_open(context, fd);
	if (SSL_write_ex(ssl, request, length, &sent) != 1 || sent != length)
		floor_tls_die("SSL_write");
	floor_receive(floor_tls_read, ssl, FLOOR_TLS_BUFFER, out_fd);
	SSL_free(ssl);
	SSL_CTX_free(context);
	close(fd);
}

int
main(int argc, char **argv)
{
	int out_fd;

	if (argc != 3)
		floor_die(0, "usage: floor-tls --discard URL | URL FILE");
	if (strcmp(argv[1], "--discard") == 0) {
		floor_tls_get(argv[2], -1);
		return 0;
	}
	out_fd = floor_create(argv[2]);
	floor_tls_get(argv[1], out_fd);
	if (close(out_fd) != 0)
		floor_die(errno, "%s", argv[2]);
	return 0;
}

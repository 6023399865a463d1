// SPDX-License-Identifier: Apache-2.0
// Uses libcrypto and libssl widely, and says for each area what came of it.
//
// Reads lines from standard input. For each, every area runs once, and one line tells its results; a line that is only a
// full stop ends them. What is random is not told, so that two runs must say the same. The end of the input ends it.
#include <openssl/asn1t.h>
#include <openssl/bn.h>
#include <openssl/cmac.h>
#include <openssl/cmp.h>
#include <openssl/cms.h>
#include <openssl/conf.h>
#include <openssl/core_names.h>
#include <openssl/ct.h>
#include <openssl/dh.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/http.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/pkcs7.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>
#include <openssl/store.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const unsigned char text[] = "The quick brown fox jumps over the lazy dog, twice a day and once at night.";
enum { textLength = sizeof text - 1 };
static EVP_PKEY *rsaKey, *ecKey;
static X509 *authority, *leaf, *ecLeaf;

static void hex(const char *name, const unsigned char *bytes, size_t count) {
    printf(" %s=", name);
    for (size_t i = 0; i < count && i < 24; i++) printf("%02x", bytes[i]);
}

static void tell(const char *name, long value) { printf(" %s=%ld", name, value); }

static void digests(void) {
    static const char *names[] = {"SHA256", "SHA512", "MD5", "SHA3-256", "BLAKE2B512", "SM3", "RIPEMD160", "SHAKE256"};
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        unsigned char out[EVP_MAX_MD_SIZE];
        size_t size = 0;
        if (EVP_Q_digest(NULL, names[i], NULL, text, textLength, out, &size)) hex(names[i], out, size);
    }
    static const char *macs[][3] = {
        {"HMAC", "digest", "SHA256"}, {"CMAC", "cipher", "AES-128-CBC"}, {"Poly1305", NULL, NULL}, {"SIPHASH", NULL, NULL}};
    for (unsigned i = 0; i < 4; i++) {
        unsigned char key[32] = {7, 9, 11}, out[64];
        size_t size = 0;
        OSSL_PARAM params[2] = {OSSL_PARAM_END, OSSL_PARAM_END};
        if (macs[i][1]) params[0] = OSSL_PARAM_construct_utf8_string(macs[i][1], (char *)macs[i][2], 0);
        EVP_MAC *mac = EVP_MAC_fetch(NULL, macs[i][0], NULL);
        EVP_MAC_CTX *context = EVP_MAC_CTX_new(mac);
        if (EVP_MAC_init(context, key, i == 2 ? 32 : 16, params) && EVP_MAC_update(context, text, textLength)
            && EVP_MAC_final(context, out, &size, sizeof out))
            hex(macs[i][0], out, size);
        EVP_MAC_CTX_free(context);
        EVP_MAC_free(mac);
    }
}

static void ciphers(void) {
    static const char *names[] = {
        "AES-128-CBC", "AES-256-CTR", "AES-128-GCM", "AES-128-CCM", "AES-128-OCB", "AES-128-SIV", "AES-128-XTS",
        "AES-128-WRAP", "ChaCha20-Poly1305", "CAMELLIA-128-CBC", "ARIA-128-GCM", "DES-EDE3-CBC", "SM4-CBC",
        "AES-128-CBC-CTS", "AES-128-CFB8", "DES3-WRAP"};
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        unsigned char key[64], iv[16], out[256], back[256], tag[16] = {0};
        for (unsigned j = 0; j < sizeof key; j++) key[j] = (unsigned char)(j * 7 + 1);
        memset(iv, 3, sizeof iv);
        int size = 0, more = 0, length = textLength / 8 * 8;
        EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, names[i], NULL);
        EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
        if (!cipher) { tell(names[i], -1); EVP_CIPHER_CTX_free(context); continue; }
        int mode = EVP_CIPHER_get_mode(cipher), aead = !!(EVP_CIPHER_get_flags(cipher) & EVP_CIPH_FLAG_AEAD_CIPHER);
        EVP_CIPHER_CTX_set_flags(context, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
        EVP_EncryptInit_ex2(context, cipher, NULL, NULL, NULL);
        if (mode == EVP_CIPH_CCM_MODE) EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, 16, NULL);
        int ok = EVP_EncryptInit_ex2(context, NULL, key, i == 15 ? NULL : iv, NULL);
        if (mode == EVP_CIPH_CCM_MODE) EVP_EncryptUpdate(context, NULL, &size, NULL, length);
        if (aead) ok &= EVP_EncryptUpdate(context, NULL, &size, (const unsigned char *)"aad", 3);
        ok &= EVP_EncryptUpdate(context, out, &size, text, length);
        ok &= EVP_EncryptFinal_ex(context, out + size, &more);
        int total = size + more;
        if (aead) EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, 16, tag);
        EVP_CIPHER_CTX_reset(context);
        EVP_CIPHER_CTX_set_flags(context, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
        EVP_DecryptInit_ex2(context, cipher, NULL, NULL, NULL);
        if (aead) EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, 16, tag);
        EVP_DecryptInit_ex2(context, NULL, key, i == 15 ? NULL : iv, NULL);
        if (mode == EVP_CIPH_CCM_MODE) EVP_DecryptUpdate(context, NULL, &size, NULL, total);
        if (aead) EVP_DecryptUpdate(context, NULL, &size, (const unsigned char *)"aad", 3);
        size = more = 0;
        int decrypted = EVP_DecryptUpdate(context, back, &size, out, total);
        if (mode != EVP_CIPH_CCM_MODE) decrypted &= EVP_DecryptFinal_ex(context, back + size, &more);
        printf(" %s:%d:%d", names[i], ok, decrypted && size + more == length && !memcmp(back, text, length));
        if (i != 15) hex("", out, total);
        EVP_CIPHER_CTX_free(context);
        EVP_CIPHER_free(cipher);
    }
}

static void numbers(void) {
    BN_CTX *context = BN_CTX_new();
    BIGNUM *a = NULL, *m = NULL, *r = BN_new(), *e = BN_new();
    BN_hex2bn(&a, "123456789ABCDEF0FEDCBA98765432100123456789ABCDEF");
    BN_hex2bn(&m, "F23456789ABCDEF0FEDCBA987654321001234567F9ABCDEF");
    BN_set_word(e, 65537);
    BN_set_flags(e, BN_FLG_CONSTTIME);
    BN_mod_exp_mont_consttime(r, a, e, m, context, NULL);
    char *s = BN_bn2hex(r); printf(" exp=%s", s); OPENSSL_free(s);
    BN_mod_lshift(r, a, 77, m, context); s = BN_bn2hex(r); printf(" shift=%s", s); OPENSSL_free(s);
    BN_sub(r, a, m); BN_nnmod(r, r, m, context); s = BN_bn2hex(r); printf(" nnmod=%s", s); OPENSSL_free(s);
    BN_mod_inverse(r, a, m, context); s = BN_bn2hex(r); printf(" inverse=%s", s); OPENSSL_free(s);
    BN_uadd(r, a, m); BN_usub(r, r, a); tell("usub", BN_cmp(r, m)); BN_copy(r, a); BN_consttime_swap(1, r, e, 1);
    BN_gcd(r, a, m, context); s = BN_bn2hex(r); printf(" gcd=%s", s); OPENSSL_free(s);
    BN_generate_prime_ex(r, 160, 0, NULL, NULL, NULL); tell("prime", BN_check_prime(r, context, NULL));
    BN_free(a); BN_free(m); BN_free(r); BN_free(e); BN_CTX_free(context);
}

static int signs(EVP_PKEY *key, const char *digest) {
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    unsigned char out[1024];
    size_t size = sizeof out;
    int ok = EVP_DigestSignInit_ex(context, NULL, digest, NULL, NULL, key, NULL)
        && EVP_DigestSign(context, out, &size, text, textLength);
    EVP_MD_CTX_free(context);
    context = EVP_MD_CTX_new();
    ok = ok && EVP_DigestVerifyInit_ex(context, NULL, digest, NULL, NULL, key, NULL)
        && EVP_DigestVerify(context, out, size, text, textLength) == 1;
    out[size / 2] ^= 1;
    EVP_MD_CTX_free(context);
    context = EVP_MD_CTX_new();
    ok = ok && EVP_DigestVerifyInit_ex(context, NULL, digest, NULL, NULL, key, NULL)
        && EVP_DigestVerify(context, out, size, text, textLength) != 1;
    EVP_MD_CTX_free(context);
    return ok;
}

static int agrees(EVP_PKEY *mine, EVP_PKEY *theirs) {
    unsigned char a[512], b[512];
    size_t aSize = sizeof a, bSize = sizeof b;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(mine, NULL);
    int ok = EVP_PKEY_derive_init(context) > 0 && EVP_PKEY_derive_set_peer(context, theirs) > 0
        && EVP_PKEY_derive(context, a, &aSize) > 0;
    EVP_PKEY_CTX_free(context);
    context = EVP_PKEY_CTX_new(theirs, NULL);
    ok = ok && EVP_PKEY_derive_init(context) > 0 && EVP_PKEY_derive_set_peer(context, mine) > 0
        && EVP_PKEY_derive(context, b, &bSize) > 0;
    EVP_PKEY_CTX_free(context);
    return ok && aSize == bSize && !memcmp(a, b, aSize);
}

static void keys(void) {
    static const char *curves[] = {"P-256", "P-384", "secp256k1", "brainpoolP256r1"};
    for (int i = 0; i < 4; i++) {
        EVP_PKEY *a = EVP_EC_gen(curves[i]), *b = EVP_EC_gen(curves[i]);
        printf(" %s=%d%d", curves[i], signs(a, "SHA256"), agrees(a, b));
        EVP_PKEY_free(a); EVP_PKEY_free(b);
    }
    static const char *plain[] = {"X25519", "X448", "ED25519", "ED448"};
    for (int i = 0; i < 4; i++) {
        EVP_PKEY *a = EVP_PKEY_Q_keygen(NULL, NULL, plain[i]), *b = EVP_PKEY_Q_keygen(NULL, NULL, plain[i]);
        printf(" %s=%d", plain[i], i < 2 ? agrees(a, b) : signs(a, NULL));
        EVP_PKEY_free(a); EVP_PKEY_free(b);
    }
    EVP_PKEY *sm2 = EVP_PKEY_Q_keygen(NULL, NULL, "SM2");
    unsigned char out[512], back[512];
    size_t size = sizeof out, backSize = sizeof back;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(sm2, NULL);
    int ok = EVP_PKEY_encrypt_init(context) > 0 && EVP_PKEY_encrypt(context, out, &size, text, textLength) > 0;
    EVP_PKEY_CTX_free(context);
    context = EVP_PKEY_CTX_new(sm2, NULL);
    ok = ok && EVP_PKEY_decrypt_init(context) > 0 && EVP_PKEY_decrypt(context, back, &backSize, out, size) > 0;
    printf(" SM2=%d%d", signs(sm2, "SM3"), ok && backSize == textLength);
    EVP_PKEY_CTX_free(context); EVP_PKEY_free(sm2);
    printf(" RSA=%d", signs(rsaKey, "SHA256"));
    BIO *memory = BIO_new(BIO_s_mem());
    tell("blob", i2b_PrivateKey_bio(memory, rsaKey) > 0);
    EVP_PKEY *read = b2i_PrivateKey_bio(memory);
    tell("unblob", read && EVP_PKEY_eq(read, rsaKey)); EVP_PKEY_free(read); BIO_free(memory);
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    EC_POINT *point = EC_POINT_new(group);
    BIGNUM *n = BN_new(); BN_set_word(n, 123456789);
    EC_POINT_mul(group, point, n, NULL, NULL, NULL);
    char *s = EC_POINT_point2hex(group, point, POINT_CONVERSION_COMPRESSED, NULL);
    printf(" point=%s", s); OPENSSL_free(s); BN_free(n); EC_POINT_free(point);
    tell("group", EC_GROUP_check(group, NULL)); EC_GROUP_free(group);
}

static void fields(void) {
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "DH", NULL);
    OSSL_PARAM params[] = {OSSL_PARAM_utf8_string("group", "ffdhe2048", 0), OSSL_PARAM_END};
    EVP_PKEY *a = NULL, *b = NULL, *generated = NULL;
    EVP_PKEY_keygen_init(context); EVP_PKEY_CTX_set_params(context, params); EVP_PKEY_generate(context, &a);
    EVP_PKEY_generate(context, &b);
    tell("ffdhe", agrees(a, b)); EVP_PKEY_CTX_free(context);
    context = EVP_PKEY_CTX_new(a, NULL);
    tell("check", EVP_PKEY_param_check(context)); tell("public", EVP_PKEY_public_check(context));
    tell("pair", EVP_PKEY_pairwise_check(context)); EVP_PKEY_CTX_free(context);
    EVP_PKEY_free(a); EVP_PKEY_free(b);
    DH *named = DH_get_2048_256(); int codes = 0;
    tell("dh", DH_check(named, &codes)); tell("codes", codes); DH_free(named);
    context = EVP_PKEY_CTX_new_from_name(NULL, "DSA", NULL);
    size_t bits = 512; OSSL_PARAM dsa[] = {OSSL_PARAM_size_t("pbits", &bits), OSSL_PARAM_END};
    EVP_PKEY_paramgen_init(context); EVP_PKEY_CTX_set_params(context, dsa);
    tell("dsa", EVP_PKEY_generate(context, &generated)); EVP_PKEY_CTX_free(context); EVP_PKEY_free(generated);
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new(); BIGNUM *n = BN_new(); BN_set_word(n, 77);
    OSSL_PARAM_BLD_push_BN(builder, "n", n); OSSL_PARAM_BLD_push_BN_pad(builder, "m", n, 9);
    OSSL_PARAM_BLD_push_utf8_string(builder, "s", "text", 0); OSSL_PARAM_BLD_push_int(builder, "i", 5);
    OSSL_PARAM *built = OSSL_PARAM_BLD_to_param(builder); size_t size = 0;
    if (built) size = OSSL_PARAM_locate(built, "m")->data_size;
    tell("built", (long)size); OSSL_PARAM_free(built); OSSL_PARAM_BLD_free(builder); BN_free(n);
}

static X509 *certificate(const char *name, EVP_PKEY *key, X509 *issuer, EVP_PKEY *issuerKey, const char *extensions[][2]) {
    X509 *made = X509_new();
    X509_NAME *subject = X509_get_subject_name(made);
    X509_set_version(made, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(made), 42);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const unsigned char *)name, -1, -1, 0);
    X509_set_issuer_name(made, issuer ? X509_get_subject_name(issuer) : subject);
    X509_gmtime_adj(X509_getm_notBefore(made), -86400);
    X509_gmtime_adj(X509_getm_notAfter(made), 864000);
    X509_set_pubkey(made, key);
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer ? issuer : made, made, NULL, NULL, 0);
    for (int i = 0; extensions[i][0]; i++) {
        X509_EXTENSION *extension = X509V3_EXT_conf(NULL, &context, extensions[i][0], extensions[i][1]);
        if (extension) X509_add_ext(made, extension, -1);
        X509_EXTENSION_free(extension);
    }
    X509_sign(made, issuerKey, EVP_sha256());
    return made;
}

static void prepare(void) {
    static const char *forAuthority[][2] = {
        {"basicConstraints", "critical,CA:TRUE"}, {"subjectKeyIdentifier", "hash"}, {"keyUsage", "keyCertSign,cRLSign"},
        {"nameConstraints", "permitted;DNS:example.org,excluded;email:bad.example.org"}, {"certificatePolicies", "1.2.3.4"},
        {NULL, NULL}};
    static const char *forLeaf[][2] = {
        {"subjectAltName", "DNS:www.example.org,email:good@example.org"}, {"certificatePolicies", "1.2.3.4"},
        {"authorityKeyIdentifier", "keyid"}, {"subjectKeyIdentifier", "hash"}, {NULL, NULL}};
    rsaKey = EVP_RSA_gen(2048);
    ecKey = EVP_EC_gen("P-256");
    authority = certificate("Authority", rsaKey, NULL, rsaKey, forAuthority);
    leaf = certificate("www.example.org", rsaKey, authority, rsaKey, forLeaf);
    ecLeaf = certificate("www.example.org", ecKey, authority, rsaKey, forLeaf);
}

static int verify(X509_STORE *store, X509 *what, unsigned long flags, const char *host) {
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    X509_STORE_CTX_init(context, store, what, NULL);
    X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(context);
    X509_VERIFY_PARAM_set_flags(param, flags);
    if (host) X509_VERIFY_PARAM_set1_host(param, host, 0);
    int ok = X509_verify_cert(context), error = X509_STORE_CTX_get_error(context);
    X509_STORE_CTX_free(context);
    return ok == 1 ? 0 : error;
}

static void certificates(void) {
    X509_STORE *store = X509_STORE_new();
    X509_STORE_add_cert(store, authority);
    tell("verify", verify(store, leaf, X509_V_FLAG_POLICY_CHECK | X509_V_FLAG_X509_STRICT, "www.example.org"));
    tell("host", verify(store, leaf, 0, "other.example.org"));
    tell("crl", verify(store, leaf, X509_V_FLAG_CRL_CHECK, NULL));
    X509_CRL *list = X509_CRL_new();
    X509_CRL_set_version(list, 1);
    X509_CRL_set_issuer_name(list, X509_get_subject_name(authority));
    ASN1_TIME *now = X509_gmtime_adj(NULL, -10), *later = X509_gmtime_adj(NULL, 86400);
    X509_CRL_set1_lastUpdate(list, now); X509_CRL_set1_nextUpdate(list, later);
    X509_REVOKED *revoked = X509_REVOKED_new();
    ASN1_INTEGER *serial = ASN1_INTEGER_new(); ASN1_INTEGER_set(serial, 42);
    X509_REVOKED_set_serialNumber(revoked, serial); X509_REVOKED_set_revocationDate(revoked, now);
    X509_CRL_add0_revoked(list, revoked);
    X509_CRL_sort(list); X509_CRL_sign(list, rsaKey, EVP_sha256());
    unsigned char *der = NULL; int size = i2d_X509_CRL(list, &der); const unsigned char *p = der;
    X509_CRL *read = d2i_X509_CRL(NULL, &p, size);
    tell("crlVerify", read ? X509_CRL_verify(read, rsaKey) : -1);
    X509_STORE_add_crl(store, read);
    tell("revoked", verify(store, leaf, X509_V_FLAG_CRL_CHECK, NULL));
    X509_CRL_free(list); X509_CRL_free(read); OPENSSL_free(der); ASN1_TIME_free(now); ASN1_TIME_free(later);
    ASN1_INTEGER_free(serial); X509_STORE_free(store);
    char folder[] = "/tmp/exercise.XXXXXX", path[128];
    if (mkdtemp(folder)) {
        snprintf(path, sizeof path, "%s/%08lx.0", folder, X509_NAME_hash_ex(X509_get_subject_name(authority), NULL, NULL, NULL));
        BIO *file = BIO_new_file(path, "w"); PEM_write_bio_X509(file, authority); BIO_free(file);
        store = X509_STORE_new();
        X509_LOOKUP_add_dir(X509_STORE_add_lookup(store, X509_LOOKUP_hash_dir()), folder, X509_FILETYPE_PEM);
        tell("dir", verify(store, ecLeaf, 0, NULL)); X509_STORE_free(store);
        OSSL_STORE_CTX *files = OSSL_STORE_open(path, NULL, NULL, NULL, NULL); int found = 0;
        while (files && !OSSL_STORE_eof(files)) { OSSL_STORE_INFO *info = OSSL_STORE_load(files); found += !!info; OSSL_STORE_INFO_free(info); }
        tell("store", found); OSSL_STORE_close(files); unlink(path); rmdir(folder);
    }
    unsigned char *key = NULL; size = i2d_PUBKEY(ecKey, &key); p = key; EVP_PKEY *public = d2i_PUBKEY(NULL, &p, size);
    tell("pubkey", EVP_PKEY_eq(public, ecKey)); EVP_PKEY_free(public); OPENSSL_free(key);
    static const char *names[] = {"issuingDistributionPoint", "issuerSignTool", "crlDistributionPoints", "tlsfeature"};
    static const char *values[] = {"onlyuser:TRUE", "signTool:a,cATool:b,signToolCert:c,cAToolCert:d", "URI:http://a/b", "status_request"};
    for (int i = 0; i < 4; i++) {
        X509_EXTENSION *extension = X509V3_EXT_conf(NULL, NULL, names[i], values[i]);
        BIO *memory = BIO_new(BIO_s_mem()); char *printed;
        if (extension) X509V3_EXT_print(memory, extension, 0, 0);
        tell(names[i], BIO_get_mem_data(memory, &printed)); BIO_free(memory); X509_EXTENSION_free(extension);
    }
}

static int opens(CMS_ContentInfo *message, EVP_PKEY *key, X509 *recipient, const char *password) {
    if (!message) return -1;
    unsigned char *der = NULL; int size = i2d_CMS_ContentInfo(message, &der); const unsigned char *p = der;
    CMS_ContentInfo *read = d2i_CMS_ContentInfo(NULL, &p, size);
    BIO *out = BIO_new(BIO_s_mem()); char *data; int ok = 0;
    if (password) CMS_decrypt_set1_password(read, (unsigned char *)password, -1);
    if (read) ok = CMS_decrypt(read, key, recipient, NULL, out, 0);
    ok = ok && BIO_get_mem_data(out, &data) == textLength && !memcmp(data, text, textLength);
    BIO_free(out); CMS_ContentInfo_free(read); CMS_ContentInfo_free(message); OPENSSL_free(der);
    return ok;
}

static BIO *input(void) { return BIO_new_mem_buf(text, textLength); }

static void messages(void) {
    X509_STORE *store = X509_STORE_new(); X509_STORE_add_cert(store, authority);
    STACK_OF(X509) *rsa = sk_X509_new_null(), *ec = sk_X509_new_null();
    sk_X509_push(rsa, leaf); sk_X509_push(ec, ecLeaf);
    BIO *in = input(), *out = BIO_new(BIO_s_mem());
    CMS_ContentInfo *sign = CMS_sign(leaf, rsaKey, NULL, in, CMS_BINARY);
    tell("sign", sign && CMS_verify(sign, NULL, store, NULL, out, CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY));
    BIO_reset(in); BIO *mail = BIO_new(BIO_s_mem());
    SMIME_write_CMS(mail, sign, in, 0); BIO *content = NULL; CMS_ContentInfo *mailed = SMIME_read_CMS(mail, &content);
    tell("mailed", mailed != NULL); CMS_ContentInfo_free(mailed); BIO_free(content); BIO_free(mail); BIO_free(in);
    CMS_ContentInfo_free(sign);
    in = input(); tell("ktri", opens(CMS_encrypt(rsa, in, EVP_aes_128_cbc(), CMS_BINARY), rsaKey, leaf, NULL)); BIO_free(in);
    in = input(); tell("kari", opens(CMS_encrypt(ec, in, EVP_aes_256_cbc(), CMS_BINARY), ecKey, ecLeaf, NULL)); BIO_free(in);
    in = input(); tell("auth", opens(CMS_encrypt(rsa, in, EVP_aes_128_gcm(), CMS_BINARY), rsaKey, leaf, NULL)); BIO_free(in);
    in = input(); CMS_ContentInfo *secret = CMS_encrypt(NULL, in, EVP_aes_128_cbc(), CMS_BINARY | CMS_PARTIAL);
    CMS_add0_recipient_password(secret, -1, NID_undef, NID_undef, (unsigned char *)OPENSSL_strdup("secret"), -1, NULL);
    CMS_final(secret, in, NULL, CMS_BINARY); tell("pwri", opens(secret, NULL, NULL, "secret")); BIO_free(in);
    in = input(); PKCS7 *signedText = PKCS7_sign(leaf, rsaKey, NULL, in, PKCS7_BINARY);
    tell("p7sign", signedText && PKCS7_verify(signedText, NULL, store, NULL, out, PKCS7_NOVERIFY)); PKCS7_free(signedText); BIO_free(in);
    in = input(); PKCS7 *sealed = PKCS7_encrypt(rsa, in, EVP_aes_128_cbc(), PKCS7_BINARY);
    BIO *back = BIO_new(BIO_s_mem()); tell("p7open", PKCS7_decrypt(sealed, rsaKey, leaf, back, 0)); PKCS7_free(sealed);
    BIO_free(back); BIO_free(in); BIO_free(out);
    PKCS12 *box = PKCS12_create("secret", "name", rsaKey, leaf, rsa, 0, 0, 0, 0, 0);
    EVP_PKEY *key = NULL; X509 *certificate = NULL; STACK_OF(X509) *others = NULL;
    tell("p12", box && PKCS12_parse(box, "secret", &key, &certificate, &others) && EVP_PKEY_eq(key, rsaKey));
    tell("p12wrong", box && PKCS12_verify_mac(box, "wrong", -1)); PKCS12_free(box); EVP_PKEY_free(key); X509_free(certificate);
    sk_X509_pop_free(others, X509_free); sk_X509_free(rsa); sk_X509_free(ec); X509_STORE_free(store);
}

static void encodings(void) {
    static const char *values[] = {
        "SEQUENCE:one\n[one]\na=INTEGER:77\nb=UTF8:text\nc=OID:1.2.3\n", "IMP:3,OCTETSTRING:abc", "BITLIST:1,5", "EXP:1,BOOL:TRUE"};
    for (int i = 0; i < 4; i++) {
        char copy[128]; strcpy(copy, values[i]); char *rest = strchr(copy, '\n');
        CONF *conf = NCONF_new(NULL); BIO *lines = BIO_new_mem_buf(rest ? rest + 1 : "", -1); long line = 0;
        if (rest) *rest = 0;
        NCONF_load_bio(conf, lines, &line);
        ASN1_TYPE *type = ASN1_generate_nconf(copy, conf); unsigned char *der = NULL;
        int size = type ? i2d_ASN1_TYPE(type, &der) : 0; hex("asn1", der, size > 0 ? size : 0);
        BIO *memory = BIO_new(BIO_s_mem()); if (size > 0) BIO_write(memory, der, size);
        ASN1_TYPE *read = ASN1_item_d2i_bio(ASN1_ITEM_rptr(ASN1_ANY), memory, NULL); tell("read", read != NULL);
        ASN1_TYPE_free(read); ASN1_TYPE_free(type); OPENSSL_free(der); BIO_free(memory); NCONF_free(conf); BIO_free(lines);
    }
    ASN1_STRING *string = NULL;
    tell("mbstring", ASN1_mbstring_ncopy(&string, (const unsigned char *)"\xc3\xa9t\xc3\xa9", -1, MBSTRING_UTF8, DIRSTRING_TYPE, 1, 9));
    hex("mb", ASN1_STRING_get0_data(string), ASN1_STRING_length(string)); ASN1_STRING_free(string);
    unsigned char out[200], back[200];
    int size = EVP_EncodeBlock(out, text, textLength); hex("base64", out, size); tell("debase64", EVP_DecodeBlock(back, out, size));
    SCT *sct = SCT_new_from_base64(0, "d7WjZ0YT7Yk3dbYyYyYyYyYyYyYyYyYyYyYyYyYyYyY=", CT_LOG_ENTRY_TYPE_X509, 1, "", "BAMARzBFAiEA");
    tell("sct", sct != NULL); SCT_free(sct);
    CTLOG *log = NULL; tell("ctlog", CTLOG_new_from_base64(&log, "bad", "bad")); CTLOG_free(log);
    char *user, *host, *port, *path, *query, *fragment; int number, isTLS;
    tell("url", OSSL_HTTP_parse_url("https://u@[::1]:8443/a/b?c=d#e", &isTLS, &user, &host, &port, &number, &path, &query, &fragment));
    printf(" %s %s %d %s %s %s", user, host, number, path, query, fragment);
    OPENSSL_free(user); OPENSSL_free(host); OPENSSL_free(port); OPENSSL_free(path); OPENSSL_free(query); OPENSSL_free(fragment);
    BIO *here, *there; BIO_new_bio_pair(&here, 4096, &there, 4096);
    BIO_puts(there, "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello");
    BIO *body = OSSL_HTTP_get("http://localhost/x", NULL, NULL, here, here, NULL, NULL, 0, NULL, NULL, 0, 100, 5);
    char got[16] = ""; if (body) BIO_read(body, got, 15); printf(" http=%s", got); BIO_free(body); BIO_free(here); BIO_free(there);
}

static void pump(SSL *client, SSL *server) {
    for (int i = 0; i < 50; i++) {
        int a = SSL_do_handshake(client), b = SSL_do_handshake(server);
        if (a == 1 && b == 1) break;
    }
}

static SSL_SESSION *session;
static int keep(SSL *client, SSL_SESSION *made) { (void)client; SSL_SESSION_free(session); session = made; return 1; }

static int talk(const SSL_METHOD *method, int version, X509 *certificate, EVP_PKEY *key, const char *list, int rounds) {
    SSL_CTX *serverContext = SSL_CTX_new(method), *clientContext = SSL_CTX_new(method); int ok = 0;
    SSL_CTX_use_certificate(serverContext, certificate); SSL_CTX_use_PrivateKey(serverContext, key);
    SSL_CTX_set_session_id_context(serverContext, (const unsigned char *)"x", 1);
    SSL_CTX_set_max_proto_version(clientContext, version); SSL_CTX_set_min_proto_version(clientContext, version);
    if (list) SSL_CTX_set_cipher_list(clientContext, list);
    SSL_CTX_set1_groups_list(clientContext, "X25519:P-256:X448"); SSL_CTX_set_verify(clientContext, SSL_VERIFY_PEER, NULL);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(clientContext), authority);
    SSL_CTX_set_session_cache_mode(clientContext, SSL_SESS_CACHE_CLIENT); SSL_CTX_sess_set_new_cb(clientContext, keep);
    for (int round = 0; round < rounds; round++) {
        SSL *client = SSL_new(clientContext), *server = SSL_new(serverContext); BIO *a, *b;
        if (SSL_is_dtls(client)) {
            // Datagrams would run together in a pair; memory keeps what one flight writes, and reads it as records.
            a = BIO_new(BIO_s_mem()); b = BIO_new(BIO_s_mem()); BIO_set_mem_eof_return(a, -1); BIO_set_mem_eof_return(b, -1);
            BIO_up_ref(a); BIO_up_ref(b); SSL_set_bio(client, a, b); SSL_set_bio(server, b, a);
            SSL_set_options(client, SSL_OP_NO_QUERY_MTU); SSL_set_options(server, SSL_OP_NO_QUERY_MTU);
            SSL_set_mtu(client, 16000); SSL_set_mtu(server, 16000);
        } else {
            BIO_new_bio_pair(&a, 65536, &b, 65536); SSL_set_bio(client, a, a); SSL_set_bio(server, b, b);
        }
        SSL_set_connect_state(client); SSL_set_accept_state(server); SSL_set_tlsext_host_name(client, "www.example.org");
        if (session && round) SSL_set_session(client, session);
        pump(client, server); char got[256] = "";
        SSL_write(client, text, textLength); ok += SSL_read(server, got, sizeof got) == textLength;
        SSL_write(server, text, textLength); ok += SSL_read(client, got, sizeof got) == textLength;
        if (version == TLS1_3_VERSION) { SSL_key_update(client, SSL_KEY_UPDATE_REQUESTED); SSL_write(client, "x", 1); SSL_read(server, got, 9); }
        ok += 10 * SSL_session_reused(client); SSL_shutdown(client); SSL_shutdown(server); SSL_free(client); SSL_free(server);
    }
    SSL_SESSION_free(session); session = NULL; SSL_CTX_free(serverContext); SSL_CTX_free(clientContext);
    return ok;
}

static void connections(void) {
    tell("tls13", talk(TLS_method(), TLS1_3_VERSION, leaf, rsaKey, NULL, 2));
    tell("tls13ec", talk(TLS_method(), TLS1_3_VERSION, ecLeaf, ecKey, NULL, 1));
    tell("tls12", talk(TLS_method(), TLS1_2_VERSION, leaf, rsaKey, NULL, 2));
    tell("tls12cbc", talk(TLS_method(), TLS1_2_VERSION, leaf, rsaKey, "ECDHE-RSA-AES128-SHA", 1));
    tell("tls12chacha", talk(TLS_method(), TLS1_2_VERSION, ecLeaf, ecKey, "ECDHE-ECDSA-CHACHA20-POLY1305", 1));
    tell("tls12ccm", talk(TLS_method(), TLS1_2_VERSION, ecLeaf, ecKey, "ECDHE-ECDSA-AES128-CCM", 1));
    tell("dtls", talk(DTLS_method(), DTLS1_2_VERSION, leaf, rsaKey, NULL, 1));
}

static OSSL_CMP_SRV_CTX *managing;
static int answer(OSSL_CMP_SRV_CTX *server, const OSSL_CMP_MSG *request, const STACK_OF(OSSL_CMP_ITAV) *in, STACK_OF(OSSL_CMP_ITAV) **out) {
    (void)server; (void)request; *out = sk_OSSL_CMP_ITAV_deep_copy(in, OSSL_CMP_ITAV_dup, OSSL_CMP_ITAV_free); return 1;
}
static OSSL_CMP_MSG *carry(OSSL_CMP_CTX *client, const OSSL_CMP_MSG *request) { (void)client; return OSSL_CMP_SRV_process_request(managing, request); }

static void management(void) {
    managing = OSSL_CMP_SRV_CTX_new(NULL, NULL);
    OSSL_CMP_CTX *client = OSSL_CMP_CTX_new(NULL, NULL), *server = OSSL_CMP_SRV_CTX_get0_cmp_ctx(managing);
    OSSL_CMP_SRV_CTX_init(managing, NULL, NULL, NULL, answer, NULL, NULL, NULL);
    for (int i = 0; i < 2; i++) {
        OSSL_CMP_CTX *context = i ? server : client;
        OSSL_CMP_CTX_set1_referenceValue(context, (unsigned char *)"ref", 3);
        OSSL_CMP_CTX_set1_secretValue(context, (unsigned char *)"secret", 6);
        OSSL_CMP_CTX_set_log_verbosity(context, 0);
    }
    OSSL_CMP_CTX_set_transfer_cb(client, carry);
    OSSL_CMP_ITAV *item = OSSL_CMP_ITAV_create(OBJ_nid2obj(NID_id_it_implicitConfirm), NULL);
    OSSL_CMP_CTX_push0_genm_ITAV(client, item);
    STACK_OF(OSSL_CMP_ITAV) *items = OSSL_CMP_exec_GENM_ses(client); tell("genm", items ? sk_OSSL_CMP_ITAV_num(items) : -1);
    sk_OSSL_CMP_ITAV_pop_free(items, OSSL_CMP_ITAV_free); OSSL_CMP_CTX_free(client); OSSL_CMP_SRV_CTX_free(managing);
    OSSL_CRMF_MSG *request = OSSL_CRMF_MSG_new();
    tell("crmf", OSSL_CRMF_MSG_set_certReqId(request, 3)); tell("id", OSSL_CRMF_MSG_get_certReqId(request)); OSSL_CRMF_MSG_free(request);
}

static void randomness(void) {
    unsigned char a[64], b[64]; tell("bytes", RAND_bytes(a, 64)); tell("private", RAND_priv_bytes(b, 64)); tell("differ", memcmp(a, b, 64) != 0);
    EVP_RAND *test = EVP_RAND_fetch(NULL, "TEST-RAND", NULL); EVP_RAND_CTX *context = EVP_RAND_CTX_new(test, NULL);
    unsigned int strength = 128; OSSL_PARAM params[] = {
        OSSL_PARAM_uint("strength", &strength), OSSL_PARAM_octet_string("test_entropy", (void *)text, textLength), OSSL_PARAM_END};
    tell("instantiate", EVP_RAND_instantiate(context, 128, 0, NULL, 0, params)); tell("generate", EVP_RAND_generate(context, a, 16, 128, 0, NULL, 0));
    hex("test", a, 16); EVP_RAND_CTX_free(context); EVP_RAND_free(test); RAND_seed(a, 64); tell("status", RAND_status());
}

int main(void) {
    static const struct { const char *name; void (*run)(void); } areas[] = {
        {"digests", digests}, {"ciphers", ciphers}, {"numbers", numbers}, {"keys", keys}, {"fields", fields},
        {"certificates", certificates}, {"messages", messages}, {"encodings", encodings}, {"connections", connections},
        {"management", management}, {"randomness", randomness}};
    char line[64];
    OPENSSL_init_ssl(OPENSSL_INIT_LOAD_SSL_STRINGS, NULL);
    prepare();
    puts("ready");
    fflush(stdout);
    while (fgets(line, sizeof line, stdin)) {
        for (unsigned i = 0; i < sizeof areas / sizeof *areas; i++) {
            ERR_clear_error(); printf("%s:", areas[i].name); areas[i].run(); puts(""); fflush(stdout);
        }
        puts(".");
        fflush(stdout);
    }
    return 0;
}

// Only in builds with static image libraries: what libtiff.a expects of JBIG-KIT, whose licence (GPL) asks more of a
// binary than this project's does. TIFF files with that compression are refused long before these are called.

extern "C" {

void jbg_enc_init(void*, unsigned long, unsigned long, int, unsigned char**, void*, void*) {}
void jbg_enc_out(void*) {}
void jbg_enc_free(void*) {}
void jbg_dec_init(void*) {}
void jbg_dec_free(void*) {}
int jbg_dec_in(void*, unsigned char*, unsigned long, unsigned long*) { return 0x20; }  // an error
int jbg_newlen(unsigned char*, unsigned long) { return 0x20; }
unsigned long jbg_dec_getsize(const void*) { return 0; }
unsigned char* jbg_dec_getimage(const void*, int) { return nullptr; }
const char* jbg_strerror(int) { return "JBIG is not supported"; }
}

#include "codec_target.hpp"

void stack2nrrd::fuzz::one_input(Bytes bytes) { try_codec(jpeg2000_codec, bytes); }

#!/bin/bash
# Packs what is built, unpacks it elsewhere, and runs what came out as users would.
#
#     packed.sh GENERATOR BUILD_FOLDER CONFIGURATION FOLDER      GENERATOR: TGZ or DEB

set -euo pipefail
generator=$1 build=$2 configuration=$3 folder=$4

fail() {
    echo "packed.sh: $*" >&2
    exit 1
}
said() { echo "packed.sh: $*"; }

rm -rf "$folder"
mkdir -p "$folder/out" "$folder/root" "$folder/stack"
cd "$folder"
cpack --config "$build/CPackConfig.cmake" -C "$configuration" -G "$generator" -B "$folder/out" \
    -D CPACK_DEBIAN_COMPRESSION_TYPE=gzip >cpack.log 2>&1 || {
    cat cpack.log
    fail "cpack failed"
}
if [[ $generator == DEB ]]; then
    for package in out/*.deb; do
        dpkg-deb -x "$package" root
    done
    root=$folder/root/usr
    gzip -d "$root/share/man/man1/stack2nrrd.1.gz"
else
    tar -C root -xf out/*.tar.gz
    root=$(echo "$folder"/root/*)
fi
modules=$(compgen -G "$root/lib*/stack2nrrd/cli-modules" || compgen -G "$root/lib/*/stack2nrrd/cli-modules")
for file in bin/stack2nrrd share/man/man1/stack2nrrd.1 share/bash-completion/completions/stack2nrrd \
    share/zsh/site-functions/_stack2nrrd share/fish/vendor_completions.d/stack2nrrd.fish \
    "${modules#"$root/"}/stack2nrrd" "${modules#"$root/"}/stack2nrrd.xml" include/stack2nrrd/stack2nrrd.h \
    include/stack2nrrd/teem.hpp include/stack2nrrd/itk.hpp include/stack2nrrd/vtk.hpp; do
    [[ -e $root/$file ]] || fail "$file is missing"
done

# Four slices of 4 x 2 samples, 24 bits: 54 bytes of header, grey rows from the bottom up.
for i in 0 1 2 3; do
    {
        printf 'BM\x4e\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x04\0\0\0\x02\0\0\0\x01\0\x18\0\0\0\0\0\x18\0\0\0'
        printf '\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0'
        for ((sample = 0; sample < 8; ++sample)); do printf '\x5\x5\x5'; done
    } >"stack/s_$i.bmp"
done
program=$root/bin/stack2nrrd
ldd "$program" | grep "not found" && fail "a library is missing"
"$program" --version
"$program" stack --factor 2 --spacing 0.5 -o small.nrrd
grep -qa '^sizes: 2 1 2$' small.nrrd || fail "the volume has another size"
[[ $(tail -c 4 small.nrrd) == $'\x5\x5\x5\x5' ]] || fail "the volume has other samples"

# As a module of 3D Slicer: through the link, with the description beside it.
"$modules/stack2nrrd" --xml | cmp - "$modules/stack2nrrd.xml" || fail "the description is not that of the program"
"$modules/stack2nrrd" --progress slicer --force --output small.nrrd stack >progress.txt
grep -q '<filter-progress>1.0000</filter-progress>' progress.txt || fail "Slicer is not told"

# Completion, as bash does it.
# shellcheck source=/dev/null
source "$root/share/bash-completion/completions/stack2nrrd"
complete_words() {
    COMP_WORDS=(stack2nrrd "$@")
    COMP_CWORD=$#
    _stack2nrrd
    echo "${COMPREPLY[*]}"
}
[[ $(complete_words --enc) == "--encoding" ]] || fail "--enc is not completed: $(complete_words --enc)"
[[ $(complete_words --missing "") == "error repeat blank close" ]] || fail "the words of --missing are not offered"
[[ -z $(complete_words scan --output "") ]] || fail "--output is answered, names of files were expected"
for option in $("$program" --help | grep -o '^ .*--[a-z-]*' | grep -o -e '--[a-z-]*$'); do
    [[ " $(complete_words --) " == *" $option "* ]] || fail "$option is not offered"
    grep -q -e "${option//-/\\\\-}\\\\fR" "$root/share/man/man1/stack2nrrd.1" || fail "$option is not in the man page"
done
if command -v groff >/dev/null; then
    warnings=$(groff -man -Tutf8 -ww "$root/share/man/man1/stack2nrrd.1" 2>&1 >/dev/null)
    [[ -z $warnings ]] || fail "the man page is not clean: $warnings"
else
    said "groff is not installed: the man page is not read"
fi
said "all is well"

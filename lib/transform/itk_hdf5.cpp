#include "transform/itk_hdf5.hpp"

#include <stack2nrrd/error.hpp>

#include <string_view>
#include <utility>

#if defined(STACK2NRRD_HAVE_HDF5)
#include <hdf5.h>

#include <mutex>
#endif

namespace stack2nrrd {

bool is_hdf5(std::span<const std::byte> head) {
    return std::string_view(reinterpret_cast<const char*>(head.data()), head.size()).starts_with("\x89HDF\r\n\x1A\n");
}

#if !defined(STACK2NRRD_HAVE_HDF5)

std::vector<ItkTransform> read_itk_hdf5(const std::string& /*path_utf8*/, const std::string& shown) {
    throw Error(ErrorCode::unsupported,
                shown +
                    ": is an HDF5 file, which this program was built without libhdf5 to read, a transform in ITK's "
                    "text format or a displacement field in NRRD was expected; save it as .tfm or .nrrd");
}

#else

namespace {

/// libhdf5 need not be built for threads.
std::mutex& hdf5_mutex() {
    static std::mutex mutex;
    return mutex;
}

/// Something open, and how it is closed.
class Handle {
public:
    Handle(hid_t id, herr_t (*close)(hid_t)) : id_(id), close_(close) {}
    Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
    Handle& operator=(Handle&&) = delete;
    ~Handle() {
        if (id_ >= 0) close_(id_);
    }
    [[nodiscard]] operator hid_t() const noexcept { return id_; }  // NOLINT(google-explicit-constructor)
    [[nodiscard]] bool good() const noexcept { return id_ >= 0; }

private:
    hid_t id_;
    herr_t (*close_)(hid_t);
};

/// Errors come as results, and are not written to stderr.
class Quiet {
public:
    Quiet() {
        H5Eget_auto2(H5E_DEFAULT, &function_, &data_);
        H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    }
    Quiet(const Quiet&) = delete;
    Quiet& operator=(const Quiet&) = delete;
    ~Quiet() { H5Eset_auto2(H5E_DEFAULT, function_, data_); }

private:
    H5E_auto2_t function_ = nullptr;
    void* data_ = nullptr;
};

class Reader {
public:
    Reader(const std::string& path, const std::string& shown)
        : shown_(shown), file_(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose) {
        if (!file_.good()) damaged("cannot be opened by libhdf5");
    }

    std::vector<ItkTransform> read() {
        const Handle groups(H5Gopen2(file_, "/TransformGroup", H5P_DEFAULT), H5Gclose);
        if (!groups.good()) {
            throw Error(ErrorCode::unsupported,
                        shown_ +
                            ": is an HDF5 file without a group '/TransformGroup', one with transforms of ITK was "
                            "expected; save the transform with ITK, ANTs or 3D Slicer");
        }
        H5G_info_t info{};
        if (H5Gget_info(groups, &info) < 0) damaged("has a group of transforms that cannot be read");
        std::vector<ItkTransform> transforms;
        for (hsize_t i = 0; i < info.nlinks; ++i) {
            const std::string name = std::to_string(i);
            const Handle group(H5Gopen2(groups, name.c_str(), H5P_DEFAULT), H5Gclose);
            if (!group.good()) damaged("has no group '/TransformGroup/" + name + "'");
            ItkTransform transform;
            transform.type = text(group, "TransformType");
            if (!is_composite(transform.type)) {
                // The second name of each is what ITK wrote before version 4.8.
                transform.fixed = numbers(group, {"TransformFixedParameters", "TranformFixedParameters"});
                transform.parameters = numbers(group, {"TransformParameters", "TranformParameters"});
            }
            transforms.push_back(std::move(transform));
        }
        return transforms;
    }

private:
    /// A string, of fixed or variable length.
    std::string text(hid_t group, const char* name) {
        const Handle set(H5Dopen2(group, name, H5P_DEFAULT), H5Dclose);
        if (!set.good()) damaged(std::string("has a transform without '") + name + "'");
        const Handle type(H5Dget_type(set), H5Tclose);
        const Handle space(H5Dget_space(set), H5Sclose);
        if (H5Tget_class(type) != H5T_STRING || H5Sget_simple_extent_npoints(space) != 1) {
            damaged(std::string("has a '") + name + "' that is no string");
        }
        if (H5Tis_variable_str(type) > 0) {
            char* read = nullptr;
            const Handle memory(H5Tcopy(H5T_C_S1), H5Tclose);
            H5Tset_size(memory, H5T_VARIABLE);
            H5Tset_cset(memory, H5Tget_cset(type));
            if (H5Dread(set, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, &read) < 0) damaged_set(name);
            std::string result = read == nullptr ? "" : read;
            H5Dvlen_reclaim(memory, space, H5P_DEFAULT, &read);
            return result;
        }
        std::string result(H5Tget_size(type), '\0');
        if (H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, result.data()) < 0) damaged_set(name);
        return result.substr(0, result.find('\0'));
    }

    std::vector<double> numbers(hid_t group, std::initializer_list<const char*> names) {
        for (const char* name : names) {
            if (H5Lexists(group, name, H5P_DEFAULT) <= 0) continue;
            const Handle set(H5Dopen2(group, name, H5P_DEFAULT), H5Dclose);
            if (!set.good()) damaged_set(name);
            const Handle type(H5Dget_type(set), H5Tclose);
            const Handle space(H5Dget_space(set), H5Sclose);
            hsize_t count = 0;
            const bool is_list =
                H5Sget_simple_extent_ndims(space) == 1 && H5Sget_simple_extent_dims(space, &count, nullptr) == 1;
            if (H5Tget_class(type) != H5T_FLOAT || !is_list) {
                damaged(std::string("has a '") + name + "' that is no list of floats");
            }
            constexpr hsize_t most = hsize_t{1} << 34;
            if (count > most) damaged(std::string("has a '") + name + "' of " + std::to_string(count) + " numbers");
            std::vector<double> result(static_cast<std::size_t>(count));
            if (count > 0 && H5Dread(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, result.data()) < 0) {
                damaged_set(name);
            }
            return result;
        }
        damaged(std::string("has a transform without '") + *names.begin() + "'");
    }

    [[noreturn]] void damaged_set(const char* name) const {
        damaged(std::string("has a '") + name + "' that cannot be read");
    }
    [[noreturn]] void damaged(const std::string& what) const {
        throw Error(ErrorCode::corrupt, shown_ + ": is an HDF5 file and " + what +
                                            ", a whole file of transforms was expected; copy it again from its source");
    }

    const std::string& shown_;
    Handle file_;
};

}  // namespace

std::vector<ItkTransform> read_itk_hdf5(const std::string& path_utf8, const std::string& shown) {
    const std::scoped_lock lock(hdf5_mutex());
    const Quiet quiet;
    return Reader(path_utf8, shown).read();
}

#endif

}  // namespace stack2nrrd

#pragma once

// What a plan holds: all that a run needs, so that the run decides nothing.

#include "import/through.hpp"
#include "making/making.hpp"
#include "source/slices.hpp"
#include "stage/arrange.hpp"
#include "stage/stage.hpp"
#include "warp/warp_stage.hpp"

#include <stack2nrrd/import.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace stack2nrrd {

/// What is made, from what, and what a user should know of it. MakingPlan::volume is what comes out of the making;
/// `result` is what the sink gets, behind the stages.
struct ImportPlan::Detail : MakingPlan {
    VolumeInfo result;                                     ///< see ImportPlan::volume()
    std::vector<std::shared_ptr<const StagePlan>> stages;  ///< between making and sink, in this order
    std::optional<Arrangement> arrangement;                ///< the last of them, if axes of the result are others
    std::shared_ptr<const Through> through;                ///< what Options::transforms says
    std::optional<WarpPlan> warp;                          ///< the first stage, if samples are looked up between others
    std::string warp_factor;                   ///< by how much that reduces, as text; empty with a reference
    std::array<Index, 3> warp_enlarged{};      ///< sizes of its axes that are enlarged; 0 for the others
    double warp_outside = 0;                   ///< about which share of the result is outside
    bool warp_folds = false;                   ///< is something turned inside out?
    std::optional<Range> part;                 ///< the slab, in slices of the result; none for the whole
    FileList reference;                        ///< the files of Options::like
    std::vector<std::string> reference_notes;  ///< what is odd about it, a sentence each
    std::shared_ptr<const Source> source;      ///< shared by plans that are run together
    SliceList slices;                          ///< of the source
    std::shared_ptr<const Stack> mask;         ///< null if there is none
    bool surveyed = false;                     ///< does a survey come before the run?
    std::array<double, 2> percentiles{};       ///< that it looks for
    bool needs_window = false;                 ///< see ImportPlan
    std::optional<Window> window;              ///< see ImportPlan
    bool backward = false;                     ///< is a volume that goes forward only read from its end?
    std::string clipping_advice;               ///< see ImportPlan
    Index source_slices = 0;                   ///< see ImportPlan, as are the next two
    std::int64_t read_bytes = 0;
    std::int64_t memory_bytes = 0;
    std::int64_t sink_bytes = 0;   ///< of the sink that the options say; of several levels of an OME-Zarr in the first
    std::int64_t stage_bytes = 0;  ///< memory that the stages take
    std::int64_t useful_room = 0;  ///< memory that would make them quicker
    std::int64_t stage_room = 0;   ///< what they get of it
    std::int64_t scratch_bytes = 0;  ///< see ImportPlan
    std::filesystem::path scratch;   ///< the folder for that
    std::int64_t list_bytes = 0;     ///< what the list of files and slices takes, here and in the stack
    unsigned threads = 1;
    unsigned retry = 0;                 ///< how often reads are tried again
    Index in_flight = 1;                ///< slices between reader and z
    std::vector<std::string> left_out;  ///< keys of the source's header that are not true of the result
    std::vector<std::string> warnings;
};

/// Throws Error limit: memory that the plan takes is not there.
[[noreturn]] void throw_no_memory(const ImportPlan::Detail& plan);

/// plan_imports(), with a mask that has been read already; null if it has not.
[[nodiscard]] std::vector<ImportPlan> plan_with_mask(const Stack& stack, std::span<const Options> options,
                                                     std::shared_ptr<const Stack> mask);

/// Where the source samples lie, with what the options say of it.
[[nodiscard]] Geometry source_geometry(const Stack& stack, const Options& options);

/// \throws Error invalid_argument if it cannot be written in numbers.
void check_placed(const Geometry& geometry);

}  // namespace stack2nrrd

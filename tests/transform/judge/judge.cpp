// judge FOLDER: writes transforms of every kind into FOLDER, which is replaced, and beside each NAME.tfm, NAME.h5,
// NAME.mat or NAME.nrrd a NAME.points, with points and where ITK takes them: six numbers a line.

#include <algorithm>
#include <cstdio>

#if !defined(HAVE_ITK)

int main() {
    std::puts("skipped: ITK was not found (Debian: libinsighttoolkit5-dev)");
    return 0;
}

#else

#include <itkAffineTransform.h>
#include <itkBSplineTransform.h>
#include <itkCompositeTransform.h>
#include <itkDisplacementFieldTransform.h>
#include <itkEuler3DTransform.h>
#include <itkIdentityTransform.h>
#include <itkImageFileWriter.h>
#include <itkImageRegionIterator.h>
#include <itkScaleSkewVersor3DTransform.h>
#include <itkScaleTransform.h>
#include <itkScaleVersor3DTransform.h>
#include <itkSimilarity3DTransform.h>
#include <itkTransformFileWriter.h>
#include <itkTranslationTransform.h>
#include <itkVersorRigid3DTransform.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <iomanip>
#include <random>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using Transform = itk::Transform<double, 3, 3>;
using Affine = itk::AffineTransform<double, 3>;
using Field = itk::DisplacementFieldTransform<double, 3>;
using Spline = itk::BSplineTransform<double, 3, 3>;
using Point = Transform::InputPointType;

fs::path folder;
std::mt19937 generator(15);

double number(double low, double high) { return std::uniform_real_distribution<double>(low, high)(generator); }

void write_points(const std::string& name, const Transform& transform, const std::vector<Point>& points) {
    std::ofstream file(folder / (name + ".points"));
    file << std::setprecision(17);
    for (const Point& from : points) {
        const Point to = transform.TransformPoint(from);
        file << from[0] << ' ' << from[1] << ' ' << from[2] << ' ' << to[0] << ' ' << to[1] << ' ' << to[2] << '\n';
    }
}

std::vector<Point> anywhere(int count, double low, double high) {
    std::vector<Point> points(static_cast<std::size_t>(count));
    for (Point& point : points) {
        for (unsigned d = 0; d < 3; ++d) point[d] = number(low, high);
    }
    return points;
}

void write(const std::string& name, const std::string& suffix, const Transform& transform,
           const std::vector<Point>& points) {
    const auto writer = itk::TransformFileWriterTemplate<double>::New();
    writer->SetInput(&transform);
    writer->SetFileName((folder / (name + suffix)).string());
    writer->Update();
    write_points(name, transform, points);
}

template <class Kind>
typename Kind::Pointer make(const std::vector<double>& parameters, const std::vector<double>& fixed) {
    const auto transform = Kind::New();
    typename Kind::FixedParametersType f(fixed.size());
    for (unsigned i = 0; i < fixed.size(); ++i) f[i] = fixed[i];
    if (!fixed.empty()) transform->SetFixedParameters(f);
    typename Kind::ParametersType p(parameters.size());
    for (unsigned i = 0; i < parameters.size(); ++i) p[i] = parameters[i];
    transform->SetParameters(p);
    return transform;
}

template <class Kind>
void linear(const std::string& name, const std::vector<double>& parameters, const std::vector<double>& fixed) {
    const auto transform = make<Kind>(parameters, fixed);
    write(name, ".tfm", *transform, anywhere(50, -300, 300));
    write(name + "_h5", ".h5", *transform, anywhere(50, -300, 300));
    // Of no numbers there is no matrix.
    if (!parameters.empty() && !fixed.empty()) write(name + "_mat", ".mat", *transform, anywhere(50, -300, 300));
}

/// A grid that is turned, with a spacing of its own on each axis.
template <class Image>
void place(Image& image) {
    const double origin[3] = {-20, 31, 7};
    const double spacing[3] = {1.5, 2.25, 3.125};
    image.SetOrigin(origin);
    image.SetSpacing(spacing);
    const double c = std::cos(0.3);
    const double s = std::sin(0.3);
    typename Image::DirectionType turn;
    const double rows[3][3] = {{c, -s, 0}, {s * c, c * c, -s}, {s * s, c * s, c}};
    for (unsigned i = 0; i < 3; ++i) {
        for (unsigned j = 0; j < 3; ++j) turn[i][j] = rows[i][j];
    }
    image.SetDirection(turn);
}

/// In indices: all over the image and beside it, at its samples, and at both sides of what is its rim. Not at the rim
/// itself, where rounding makes ITK take one place and leave out its neighbour.
template <class Image>
std::vector<Point> in_and_beside(const Image& image, std::initializer_list<double> rims) {
    const auto size = image.GetLargestPossibleRegion().GetSize();
    std::vector<Point> points;
    const auto add = [&](const std::vector<double>& index) {
        itk::ContinuousIndex<double, 3> at;
        for (unsigned d = 0; d < 3; ++d) at[d] = index[d];
        Point point;
        image.TransformContinuousIndexToPhysicalPoint(at, point);
        points.push_back(point);
    };
    for (int i = 0; i < 400; ++i) {
        std::vector<double> index(3);
        for (unsigned d = 0; d < 3; ++d) index[d] = number(-1.5, static_cast<double>(size[d]) + 0.5);
        add(index);
        if (i % 4 == 0) {
            for (double& v : index) v = std::round(v);
            const bool at_rim = std::any_of(rims.begin(), rims.end(), [&](double rim) {
                return std::find(index.begin(), index.end(), rim) != index.end();
            });
            if (!at_rim) add(index);
        }
    }
    for (unsigned axis = 0; axis < 3; ++axis) {
        for (const double rim : rims) {
            for (const double beside : {-1e-3, 1e-3}) {
                for (const bool upper : {false, true}) {
                    std::vector<double> index(3);
                    for (unsigned d = 0; d < 3; ++d) index[d] = number(1.5, static_cast<double>(size[d]) - 2.5);
                    index[axis] = (upper ? static_cast<double>(size[axis]) - 1 - rim : rim) + beside;
                    add(index);
                }
            }
        }
    }
    return points;
}

using FieldImage = Field::DisplacementFieldType;

FieldImage::Pointer random_field(unsigned nx, unsigned ny, unsigned nz) {
    const auto image = FieldImage::New();
    image->SetRegions(FieldImage::SizeType{{nx, ny, nz}});
    image->Allocate();
    place(*image);
    itk::ImageRegionIterator<FieldImage> it(image, image->GetLargestPossibleRegion());
    for (; !it.IsAtEnd(); ++it) {
        FieldImage::PixelType v;
        for (unsigned d = 0; d < 3; ++d) v[d] = static_cast<float>(number(-4, 4));
        it.Set(v);
    }
    return image;
}

template <class Scalar>
void write_field(const std::string& name, const FieldImage& field) {
    using Image = itk::Image<itk::Vector<Scalar, 3>, 3>;
    const auto image = Image::New();
    image->SetRegions(field.GetLargestPossibleRegion());
    image->CopyInformation(&field);
    image->Allocate();
    itk::ImageRegionConstIterator<FieldImage> from(&field, field.GetLargestPossibleRegion());
    itk::ImageRegionIterator<Image> to(image, image->GetLargestPossibleRegion());
    for (; !to.IsAtEnd(); ++to, ++from) {
        typename Image::PixelType v;
        for (unsigned d = 0; d < 3; ++d) v[d] = static_cast<Scalar>(from.Get()[d]);
        to.Set(v);
    }
    const auto writer = itk::ImageFileWriter<Image>::New();
    writer->SetInput(image);
    writer->SetFileName((folder / (name + ".nrrd")).string());
    writer->SetUseCompression(sizeof(Scalar) == 4);
    writer->Update();
}

Spline::Pointer random_spline(unsigned x, unsigned y, unsigned z) {
    const auto spline = Spline::New();
    const double origin[3] = {-20, 31, 7};
    const double extent[3] = {60, 45, 33};
    const double c = std::cos(-0.4);
    const double s = std::sin(-0.4);
    Spline::DirectionType turn;
    turn.SetIdentity();
    turn[0][0] = turn[1][1] = c;
    turn[0][1] = -s;
    turn[1][0] = s;
    spline->SetTransformDomainOrigin(origin);
    spline->SetTransformDomainPhysicalDimensions(extent);
    spline->SetTransformDomainDirection(turn);
    spline->SetTransformDomainMeshSize(Spline::MeshSizeType{{x, y, z}});
    Spline::ParametersType p(spline->GetNumberOfParameters());
    for (unsigned i = 0; i < p.size(); ++i) p[i] = number(-5, 5);
    spline->SetParametersByValue(p);
    return spline;
}

void write_all() {
    linear<itk::IdentityTransform<double, 3> >("identity", {}, {});
    linear<itk::TranslationTransform<double, 3> >("translation", {1.5, -2, 3e-7}, {});
    linear<itk::ScaleTransform<double, 3> >("scale", {2, 0.5, -3}, {10, 20, 30});
    const std::vector<double> turned{0.3, -0.7, 1.1, 4, 5, 6};
    linear<itk::Euler3DTransform<double> >("euler", turned, {10, -20, 30});
    linear<itk::Euler3DTransform<double> >("euler_zxy", turned, {10, -20, 30, 0});
    linear<itk::Euler3DTransform<double> >("euler_zyx", turned, {10, -20, 30, 1});
    linear<itk::VersorTransform<double> >("versor", {0.1, -0.5, 0.2}, {0, 0, 0});
    linear<itk::VersorRigid3DTransform<double> >("rigid", {0.1, 0.7, -0.2, 4, 5, 6}, {1, 2, 3});
    linear<itk::VersorRigid3DTransform<double> >("half_turn", {0.6, 0, 0.8, 4, 5, 6}, {1, 2, 3});
    linear<itk::Similarity3DTransform<double> >("similarity", {-0.3, 0.2, 0.1, 4, 5, 6, 1.75}, {-1, 2, 3});
    linear<itk::ScaleVersor3DTransform<double> >("scale_versor", {0.1, 0.2, 0.3, 4, 5, 6, 1.5, 0.75, 2}, {7, 8, 9});
    linear<itk::ScaleSkewVersor3DTransform<double> >(
        "scale_skew_versor", {0.1, 0.2, 0.3, 4, 5, 6, 1.5, 0.75, 2, 0.1, -0.2, 0.3, 0.15, 0.25, -0.35}, {7, 8, 9});
    const std::vector<double> matrix{0.9, 0.1, -0.2, 0.3, 1.1, 0.05, 1e-3, -0.4, 0.8, 12, -7, 3.5};
    linear<Affine>("affine", matrix, {100, -50, 25});
    linear<itk::MatrixOffsetTransformBase<double, 3, 3> >("matrix_offset", matrix, {100, -50, 25});

    const auto field = random_field(7, 6, 5);
    const auto warp = Field::New();
    warp->SetDisplacementField(field);
    const auto around = in_and_beside(*field, {-0.5, 0});
    write("field", ".h5", *warp, around);
    write("field_text", ".tfm", *warp, around);
    write_field<float>("field_float", *field);
    write_points("field_float", *warp, around);
    write_field<double>("field_double", *field);
    write_points("field_double", *warp, around);
    const auto thin = random_field(6, 1, 5);
    const auto thin_warp = Field::New();
    thin_warp->SetDisplacementField(thin);
    write_field<double>("field_thin", *thin);
    write_points("field_thin", *thin_warp, in_and_beside(*thin, {-0.5}));

    const auto spline = random_spline(5, 4, 3);
    const auto around_spline = in_and_beside(*spline->GetCoefficientImages()[0], {1});
    write("spline", ".tfm", *spline, around_spline);
    write("spline_h5", ".h5", *spline, around_spline);
    const auto least = random_spline(1, 1, 1);
    write("spline_of_one_cell", ".tfm", *least, in_and_beside(*least->GetCoefficientImages()[0], {1}));

    // Two that do not commute: the order is seen.
    const auto of_linear = itk::CompositeTransform<double, 3>::New();
    of_linear->AddTransform(make<Affine>(matrix, {100, -50, 25}));
    of_linear->AddTransform(make<itk::Euler3DTransform<double> >(turned, {10, -20, 30}));
    of_linear->AddTransform(make<itk::ScaleTransform<double, 3> >({2, 0.5, -3}, {10, 20, 30}));
    write("composite", ".tfm", *of_linear, anywhere(50, -300, 300));
    write("composite_h5", ".h5", *of_linear, anywhere(50, -300, 300));
    const auto of_all = itk::CompositeTransform<double, 3>::New();
    of_all->AddTransform(make<Affine>(matrix, {0, 0, 0}));
    of_all->AddTransform(warp);
    of_all->AddTransform(spline);
    of_all->AddTransform(make<itk::TranslationTransform<double, 3> >({1, 2, 3}, {}));
    write("composite_of_all", ".tfm", *of_all, around);
    write("composite_of_all_h5", ".h5", *of_all, around_spline);
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 2) {
        std::fputs("judge FOLDER\n", stderr);
        return 2;
    }
    folder = arguments[1];
    fs::remove_all(folder);
    fs::create_directories(folder);
    try {
        write_all();
    } catch (const std::exception& error) {
        std::printf("FAILED: %s\n", error.what());
        return 1;
    }
    std::puts("all transforms are written");
    return 0;
}

#endif

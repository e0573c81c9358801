#include "samples.hpp"

#include <stdexcept>

namespace stack2nrrd::test {

std::string skyscan_text() {
    return R"([System]
Scanner=SkyScan1272
Camera Pixel Size (um)=9.0
[Acquisition]
Filename Prefix=skull~00
Filename Index Length=4
Number Of Rows=  896
Image Pixel Size (um)=21.5
Scaled Image Pixel Size (um)=22.5
[Reconstruction]
Reconstruction Program=NRecon
Dataset Prefix=skull~00
First Section=27
Last Section=1454
Section to Section Step=1
Sections Count=1428
Result File Type=BMP
Result File Header Length (bytes)=Unknown: compressed JPG format (100%)
Result Image Width (pixels)=944
Result Image Height (pixels)=932
Pixel Size (um)=19.79772
Undersampling factor=1
[File name convention]
Filename Index Length=8
Filename Prefix=skull_rec
)";
}

std::string pcr_text() {
    return R"([General]
ParameterSetOnly=0
[ROI]
ROI_SizeX=1
[Reconstruction Settings]
StartImage=1
LastImage=1300
[VolumeData]
Volume_SizeX=456
Volume_SizeY=531
Volume_SizeZ=1951
VoxelSizeRec=0.0102906534448266
Format=5
)";
}

std::string pca_text() {
    return R"([General]
SystemName=phoenix v|tome|x m

[Geometry]
Magnification=19.43511209
VoxelSizeX=0.01029065
VoxelSizeY=0.01029065

[CT]
NumberImages=1300

[Detector]
PixelsizeX=0.20000000
)";
}

std::string xtekct_text() {
    return R"([XTekCT]
Name=Lego
VoxelsX=1000
VoxelSizeX=0.02
VoxelsY=900
VoxelSizeY=0.03
VoxelsZ=814
VoxelSizeZ=0.04
DetectorPixelSizeX=0.4
Units=mm
Projections=1570
InputDigits=4
[CTPro]
Filter_ThicknessMM=1.0
)";
}

std::string tescan_text() {
    return R"([Camera settings]
Unbinned pixelsize (mm) = "0.150000"
Binned pixelsize (mm) = "0.300000"
[Data set settings]
recon path = "E:\\sweets\\recon"
[CT-parameters IN]
SOD = "149.999969"
SDD = "599.999451"
Pixel size = "0.300000"
Voxel size = "0.075000"
z_start = "66.000000"
)";
}

std::string rigaku_text() {
    return R"(<?xml version="1.0" encoding="UTF-8" standalone="no" ?>
<data_info>
	<volume type="word" width="1040" height="1030" stack="680" pitch="14.900000" path="CT.VOX"/>
	<position x="0" y="0" z="0"/>
</data_info>
)";
}

std::string micro_manager_text() {
    return R"({
"Summary": {
  "Slices": 20,
  "Frames": 1,
  "Channels": 2,
  "Positions": 1,
  "z-step_um": 0.5,
  "PixelSize_um": 0.16,
  "PixelAspect": 1,
  "Width": 512,
  "Height": 256,
  "ChNames": ["DAPI", "FITC"],
  "MicroManagerVersion": "1.4.22",
  "Source": "Micro-Manager"
},
"FrameKey-0-0-0": {
  "PixelSizeUm": 0.16,
  "ZPositionUm": 0,
  "Channel": "DAPI",
  "FileName": "img_000000000_DAPI_000.tif"
},
"FrameKey-0-0-1": {
  "PixelSizeUm": 0.16,
  "ZPositionUm": 0.5,
  "FileName": "img_000000000_DAPI_001.tif"
}
})";
}

std::string tomcat_text() {
    return R"({"owner":"A \"B\", C", "inputDatasets":["x"],
"scientificMetadata":{"beamlineParameters":{"Beam energy":{"u":"keV","v":10}},
 "detectorParameters":{"Actual pixel size":{"u":"um","v":0.65,"valueSI":6.5e-7,"unitSI":"m"},"Camera":"PCO"},
 "postProcessingParameters":[{"commandLineArgument":{"binSize":"1,1","scaleImageFactor":1,"verbose":0}}]},
"size":5272583164,"type":"derived","history":[{"type":"raw"}],"techniques":[]})";
}

std::string imagej_text() {
    return "ImageJ=1.53c\nimages=30\nchannels=2\nslices=5\nframes=3\nhyperstack=true\nmode=composite\n"
           "unit=\\u00B5m\nspacing=2.5\nloop=false\nmin=1.0\nmax=77.0\n";
}

std::string ome_text() {
    return R"(<?xml version="1.0" encoding="UTF-8"?><!-- <OME><Image><Pixels SizeX="1"/></Image></OME> -->
<OME:OME xmlns:OME="http://www.openmicroscopy.org/Schemas/OME/2016-06" UUID="urn:uuid:1">
  <Instrument ID="a>b"><Pixels SizeX="2"/></Instrument>
  <OME:Image ID="Image:0" Name="a &lt; b">
    <Description><![CDATA[<Pixels SizeX="3"/>]]></Description>
    <OME:Pixels BigEndian="true" DimensionOrder="XYCZT" ID='Pixels:0' SizeX="439" SizeY = "167"
        SizeZ="5" SizeC="6" SizeT="2" Type="uint16" PhysicalSizeX="0.25" PhysicalSizeXUnit="&#181;m"
        PhysicalSizeY="250" PhysicalSizeYUnit="nm" PhysicalSizeZ="2">
      <Channel ID="Channel:0" SamplesPerPixel="3"><LightPath/></Channel>
      <Channel ID="Channel:1" SamplesPerPixel="3"/>
      <TiffData FirstC="1" FirstT="0" FirstZ="4" IFD="7" PlaneCount="1"><UUID FileName="a.ome.tif">urn:uuid:1</UUID></TiffData>
      <TiffData/>
    </OME:Pixels>
  </OME:Image>
  <Image ID="Image:1"><Pixels SizeX="9" SizeY="9"><TiffData IFD="1"/></Pixels></Image>
  <Image ID="Image:2"/>
</OME:OME>)";
}

std::vector<Sample> sidecar_samples() {
    return {{"skull_rec.log", skyscan_text()},
            {"a.pcr", pcr_text()},
            {"a.pca", pca_text()},
            {"a.xtekct", xtekct_text()},
            {"a b.txt", tescan_text()},
            {"CT.xml", rigaku_text()},
            {"metadata.txt", micro_manager_text()},
            {"record.json", tomcat_text()}};
}

std::string with(std::string text, std::string_view what, std::string_view by) {
    const std::size_t found = text.find(what);
    if (found == std::string::npos) throw std::logic_error("the sample does not have " + std::string(what));
    return text.replace(found, what.size(), by);
}

std::string with_line_ends(const std::string& text, std::string_view end) {
    std::string changed;
    for (const char c : text) {
        if (c == '\n') {
            changed += end;
        } else {
            changed += c;
        }
    }
    return changed;
}

Sidecar parsed(std::string_view file_name, std::string_view text) {
    const std::optional<Sidecar> sidecar = parse_sidecar(file_name, text);
    if (!sidecar) throw std::logic_error("no format knows the text");
    return *sidecar;
}

std::string joined(const std::vector<std::string>& doubts) {
    std::string all;
    for (const std::string& doubt : doubts) all += doubt + " | ";
    return all;
}

bool contains(const std::vector<std::string>& doubts, std::string_view part) {
    return joined(doubts).find(part) != std::string::npos;
}

}  // namespace stack2nrrd::test

# As much of Slicer's package as an extension without compiled modules takes, with the folders of Slicer 5.10 on Linux.

set(Slicer_USE_FILE "${CMAKE_CURRENT_LIST_DIR}/use.cmake")
set(Slicer_EXTENSION_GENERATE_CONFIG "${CMAKE_CURRENT_LIST_DIR}/use.cmake")
set(Slicer_EXTENSION_CPACK "${CMAKE_CURRENT_LIST_DIR}/pack.cmake")
set(Slicer_CLIMODULES_BIN_DIR "lib/Slicer-5.10/cli-modules")
set(Slicer_QTSCRIPTEDMODULES_LIB_DIR "lib/Slicer-5.10/qt-scripted-modules")
set(Slicer_INSTALL_ROOT "./")
set(Slicer_INSTALL_CLIMODULES_BIN_DIR "./${Slicer_CLIMODULES_BIN_DIR}")
set(Slicer_INSTALL_QTSCRIPTEDMODULES_LIB_DIR "./${Slicer_QTSCRIPTEDMODULES_LIB_DIR}")
set(Slicer_LAUNCHER_EXECUTABLE "${PYTHON_EXECUTABLE}" "${CMAKE_CURRENT_LIST_DIR}/launcher.py")

# cmake -D PROGRAM=... -D XMLLINT=... -D FILE=... -P well_formed.cmake: what --xml prints is XML to somebody else.
execute_process(COMMAND "${PROGRAM}" --xml OUTPUT_FILE "${FILE}" ERROR_VARIABLE said COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND "${XMLLINT}" --noout "${FILE}" COMMAND_ERROR_IS_FATAL ANY)

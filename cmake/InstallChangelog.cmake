# Installs TEXT as the changelog of a Debian package. DOC: the documentation folder below the prefix.
find_program(GZIP_PROGRAM gzip REQUIRED)
execute_process(COMMAND ${GZIP_PROGRAM} -9nc ${TEXT} OUTPUT_FILE $ENV{DESTDIR}${CMAKE_INSTALL_PREFIX}/${DOC}/changelog.gz COMMAND_ERROR_IS_FATAL ANY)

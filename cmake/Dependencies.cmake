# Finds each library on the system (Debian 12 needs no network); with UNDERSTUDY_FETCH=ON a pinned version is downloaded
# instead of a missing one. Every library is reached as us::<name>, so that a wall is one line in CMakeLists.txt.
include(FetchContent)
set(CMAKE_FIND_PACKAGE_TARGETS_GLOBAL ON)  # a project around this one links them, too
find_package(Threads REQUIRED)
find_package(PkgConfig QUIET)

# us_library(name DEBIAN package [TARGETS a b] [GIT url tag fetched_target])
function(us_alias name)
  add_library(us_${name} INTERFACE)
  target_link_libraries(us_${name} INTERFACE ${ARGN})
  add_library(us::${name} ALIAS us_${name})
endfunction()

function(us_missing name package)
  message(FATAL_ERROR "${name} was not found. On Debian: ./dev setup (apt-get install ${package}). Elsewhere: configure with -DUNDERSTUDY_FETCH=ON.")
endfunction()

# The first of the given targets that exists becomes us::<name>; returns whether one did.
macro(us_first_target name)
  foreach(candidate ${ARGN})
    if(TARGET ${candidate} AND NOT TARGET us::${name})
      us_alias(${name} ${candidate})
    endif()
  endforeach()
endmacro()

macro(us_fetch name package url tag)
  if(NOT TARGET us::${name})
    if(NOT UNDERSTUDY_FETCH)
      us_missing(${name} ${package})
    endif()
    FetchContent_Declare(us_fetched_${name} GIT_REPOSITORY ${url} GIT_TAG ${tag} GIT_SHALLOW ON GIT_SUBMODULES "" SYSTEM)
    FetchContent_MakeAvailable(us_fetched_${name})
    us_first_target(${name} ${ARGN})
  endif()
endmacro()

find_package(nlohmann_json 3.11 CONFIG QUIET)
us_first_target(json nlohmann_json::nlohmann_json)
us_fetch(json nlohmann-json3-dev https://github.com/nlohmann/json.git v3.11.3 nlohmann_json::nlohmann_json)

find_package(tl-expected CONFIG QUIET)
us_first_target(expected tl::expected)
if(NOT TARGET us::expected)
  find_path(US_EXPECTED_INCLUDE_DIR tl/expected.hpp)
  if(US_EXPECTED_INCLUDE_DIR)
    add_library(us_expected_headers INTERFACE)
    target_include_directories(us_expected_headers SYSTEM INTERFACE ${US_EXPECTED_INCLUDE_DIR})
    us_alias(expected us_expected_headers)
  endif()
endif()
us_fetch(expected libexpected-dev https://github.com/TartanLlama/expected.git v1.1.0 tl::expected expected)

find_package(fmt 9 CONFIG QUIET)
us_first_target(fmt fmt::fmt)
us_fetch(fmt libfmt-dev https://github.com/fmtlib/fmt.git 9.1.0 fmt::fmt)

find_package(yaml-cpp CONFIG QUIET)
us_first_target(yaml yaml-cpp::yaml-cpp yaml-cpp)
us_fetch(yaml libyaml-cpp-dev https://github.com/jbeder/yaml-cpp.git 0.8.0 yaml-cpp::yaml-cpp yaml-cpp)

# valijson: 75 kB of headers whose Debian package drags 175 packages along, so ./dev setup unpacks it under build/deps.
find_path(US_VALIJSON_INCLUDE_DIR valijson/validator.hpp HINTS ${CMAKE_CURRENT_SOURCE_DIR}/build/deps/usr/include)
if(US_VALIJSON_INCLUDE_DIR)
  add_library(us_valijson_headers INTERFACE)
  target_include_directories(us_valijson_headers SYSTEM INTERFACE ${US_VALIJSON_INCLUDE_DIR})
  us_alias(valijson us_valijson_headers)
endif()
us_fetch(valijson libvalijson-dev https://github.com/tristanpenman/valijson.git v1.1.3 ValiJSON::valijson valijson)
target_compile_definitions(us_valijson INTERFACE VALIJSON_USE_EXCEPTIONS=1)  # without it a bad schema calls abort()

if(PkgConfig_FOUND)
  pkg_check_modules(US_PCRE2 QUIET IMPORTED_TARGET GLOBAL libpcre2-8>=10.40)
  us_first_target(pcre2 PkgConfig::US_PCRE2)
endif()
us_fetch(pcre2 libpcre2-dev https://github.com/PCRE2Project/pcre2.git pcre2-10.42 pcre2-8-static)

find_package(Boost 1.81 QUIET)
us_first_target(boost Boost::headers Boost::boost)
if(NOT TARGET us::boost)
  us_missing(boost libboost1.81-dev)
endif()
target_compile_definitions(us_boost INTERFACE BOOST_ASIO_NO_DEPRECATED)

find_package(OpenSSL 3.0 QUIET)
if(NOT TARGET OpenSSL::SSL)
  us_missing(openssl libssl-dev)
endif()
us_alias(openssl OpenSSL::SSL OpenSSL::Crypto)

# The library understudy::mock needs nothing of what follows.
if(UNDERSTUDY_CLI OR understudy_with_tests)
  find_package(CURL 7.80 QUIET)
  us_first_target(curl CURL::libcurl)
  if(NOT TARGET us::curl)
    us_missing(curl libcurl4-openssl-dev)
  endif()
endif()

if(UNDERSTUDY_CLI)
  find_package(CLI11 CONFIG QUIET)
  us_first_target(cli11 CLI11::CLI11)
  us_fetch(cli11 libcli11-dev https://github.com/CLIUtils/CLI11.git v2.3.2 CLI11::CLI11)
endif()

# An allocator, used where it is there and nothing watches the heap (docs/decisions/an-allocator-for-json.md).
if(NOT UNDERSTUDY_SANITIZE AND NOT UNDERSTUDY_TSAN)
  find_library(US_MIMALLOC_LIBRARY mimalloc)
endif()
if(US_MIMALLOC_LIBRARY)
  us_alias(allocator -Wl,--push-state,--no-as-needed ${US_MIMALLOC_LIBRARY} -Wl,--pop-state)
else()
  us_alias(allocator)
endif()

if(understudy_with_tests)
  find_package(Catch2 CONFIG QUIET)  # no version: its config accepts only the same major
  us_first_target(catch Catch2::Catch2WithMain)
  us_fetch(catch catch2 https://github.com/catchorg/Catch2.git v3.7.1 Catch2::Catch2WithMain)

  # cpp-httplib: Debian has no CMake config, and the macros of its .pc file are part of the ABI.
  find_package(httplib CONFIG QUIET)
  us_first_target(httplib httplib::httplib)
  if(PkgConfig_FOUND AND NOT TARGET us::httplib)
    pkg_check_modules(US_HTTPLIB QUIET IMPORTED_TARGET cpp-httplib>=0.11)
    us_first_target(httplib PkgConfig::US_HTTPLIB)
  endif()
  us_fetch(httplib libcpp-httplib-dev https://github.com/yhirose/cpp-httplib.git v0.18.7 httplib::httplib)
  target_link_libraries(us_httplib INTERFACE us_openssl Threads::Threads)
endif()

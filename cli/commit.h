// The commit that the program was built from. cmake/Commit.cmake writes the source at each build.
#pragma once

namespace understudy {

// Twelve digits, with "+changes" if files were changed since; empty if it is not known.
const char* commit();

}  // namespace understudy

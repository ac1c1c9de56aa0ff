#!/usr/bin/env python3
"""The core reaches nothing outside itself: the undefined symbols of its static libraries are on a list of what is allowed.

usage: symbols_test.py NAME=LIBRARY ...      e.g. planner=build/lib/planner/libcassplan_planner.a
"""
import re
import subprocess
import sys

# Memory, strings, the C++ runtime, 128-bit division, what compilers insert.
RUNTIME = re.compile(
    r"(operator (new|delete)(\[\])?\(.*"
    r"|mem(move|cpy|set|cmp|chr)|str(len|cmp|ncmp|chr)|bcmp|abort|__assert_fail|__(mem|str)\w+_chk"
    r"|__cxa_\w+|__gxx_personality_v0|_Unwind_Resume|__stack_chk_fail|_GLOBAL_OFFSET_TABLE_|__dso_handle"
    r"|__libc_single_threaded|__(u?div|u?mod|mul)ti[34]|__tls_get_addr"
    r"|(vtable|typeinfo|typeinfo name) for (__cxxabiv1::\w+|std::\w+)"
    r"|__(asan|ubsan|sanitizer|tsan|lsan)_\w+|__llvm_\w+|__gcov_\w+)$")
STD = re.compile(
    r"(std::(__throw_\w+|nothrow|terminate|exception::|bad_\w+::|logic_error::|runtime_error::|length_error::"
    r"|out_of_range::|_Rb_tree_\w+|__cxx11::basic_string<char|__detail::_List_node_base|__detail::_Prime_rehash"
    r"|allocator<|_Hash_bytes|(?:__1::)?_Sp_counted_base|less<|char_traits<|vector<|basic_string<))")
ABSEIL = re.compile(
    r"absl::(debian\d+|lts_\d+)::(Status|StatusOr|status_internal|internal_statusor|InvalidArgumentError|InternalError"
    r"|FailedPreconditionError|ResourceExhaustedError|OkStatus|strings_internal|numbers_internal|str_format_internal"
    r"|StrCat|StrAppend|SimpleAtoi|EqualsIgnoreCase|StartsWith\w*|EndsWith\w*|AsciiStrTo\w+|ascii_internal|ByChar|ByString"
    r"|ByAnyChar|StrReplaceAll|string_view::|u?int128|base_internal::Throw\w+|operator<<|container_internal)")
PROTOBUF = re.compile(
    r"((vtable|typeinfo|typeinfo name) for )?google::protobuf::"
    r"(?!.*(Time|Duration|Any|util::|io::File|Mutex|SysCall))")
# What protobuf's inline code brings along: lazily made types, its own logging of misuse, <iostream>.
PROTOBUF_RUNTIME = re.compile(
    r"(pthread_(once|mutex_lock|mutex_unlock)|std::__once_call(able)?|__once_proxy|std::ios_base::Init::~?Init\(\)"
    r"|std::(type_info|basic_ostream<char|ostream)\S*)")
OURS = re.compile(r"((vtable|typeinfo|typeinfo name|guard variable|VTT|non-virtual thunk) (for|to) )?cassplan::")
SCHEMA_USERS = {"planner", "verify"}


def undefined(library):
    text = subprocess.run(["nm", "-u", "-C", "-A", library], check=True, capture_output=True, text=True).stdout
    for line in text.splitlines():
        where, separator, symbol = line.partition(": ")
        symbol = re.sub(r"^\s*[UwvV]\s+", "", symbol)
        if separator and symbol:
            yield where.rsplit(":", 1)[-1].strip(), symbol


def allowed(name, symbol):
    if OURS.match(symbol) or RUNTIME.match(symbol) or STD.match(symbol) or ABSEIL.match(symbol):
        return True
    # A return type is part of the name of a function template.
    if re.match(r"[\w:<>,\s&*\[\]()]+ cassplan::", symbol):
        return True
    return name in SCHEMA_USERS and bool(PROTOBUF.match(symbol) or PROTOBUF_RUNTIME.match(symbol))


# Of what the list is there for, one example each.
FORBIDDEN = (
    "getenv", "time", "rand", "clock_gettime", "open", "read", "socket", "pthread_create",
    "std::chrono::_V2::system_clock::now()", "std::thread::join()", "std::random_device::_M_getval()",
    "std::basic_ofstream<char, std::char_traits<char> >::~basic_ofstream()", "absl::debian3::Now()",
    "absl::debian3::Mutex::Lock()", "absl::debian3::hash_internal::MixingHashState::kSeed",
    "google::protobuf::io::FileInputStream::FileInputStream(int, int)",
    "google::protobuf::util::TimeUtil::GetCurrentTime()",
)


def main():
    offences = [f"the list lets pass: {symbol}" for symbol in FORBIDDEN if allowed("planner", symbol)]
    checked = 0
    for argument in sys.argv[1:]:
        name, _, library = argument.partition("=")
        for member, symbol in undefined(library):
            checked += 1
            if not allowed(name, symbol):
                offences.append(f"{library}({member}): {symbol}")
    print("\n".join(sorted(set(offences))) or f"{checked} undefined symbols, all on the list")
    return 1 if offences or checked == 0 else 0


if __name__ == "__main__":
    sys.exit(main())

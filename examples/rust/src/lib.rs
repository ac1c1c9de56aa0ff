//! The planner through its C API: bytes in, bytes out. What the library makes is freed when it is dropped.

use std::ffi::{c_char, c_void, CStr, CString};
use std::fmt;
use std::ops::Deref;
use std::ptr;

/// The functions of cassplan.h that are used here.
mod sys {
    use super::{c_char, c_void};

    #[repr(C)]
    pub struct Buffer {
        _private: [u8; 0],
    }
    #[repr(C)]
    pub struct Error {
        _private: [u8; 0],
    }
    pub const ABI_VERSION: i32 = 0;
    pub const VERSION_NUMBER: i32 = 1000;

    pub type PureCall = unsafe extern "C" fn(i32, *const c_void, usize, *mut *mut Buffer, *mut *mut Error) -> i32;

    extern "C" {
        pub fn cassplan_check_version(abi: i32, version: i32, error: *mut *mut Error) -> i32;
        pub fn cassplan_buffer_data(buffer: *const Buffer) -> *const u8;
        pub fn cassplan_buffer_size(buffer: *const Buffer) -> usize;
        pub fn cassplan_buffer_free(buffer: *mut Buffer);
        pub fn cassplan_error_message(error: *const Error) -> *const c_char;
        pub fn cassplan_error_free(error: *mut Error);
        pub fn cassplan_plan(
            encoding: i32, data: *const c_void, size: usize, out: *mut *mut Buffer, error: *mut *mut Error,
        ) -> i32;
        pub fn cassplan_verify(
            encoding: i32, data: *const c_void, size: usize, out: *mut *mut Buffer, error: *mut *mut Error,
        ) -> i32;
        pub fn cassplan_convert(
            message: *const c_char, from: i32, data: *const c_void, size: usize, to: i32, out: *mut *mut Buffer,
            error: *mut *mut Error,
        ) -> i32;
    }
}

/// How messages are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum Encoding {
    Proto = 1,
    Json = 2,
    /// Input of `convert` only.
    Yaml = 3,
}

/// Bytes that the library made.
pub struct Buffer(ptr::NonNull<sys::Buffer>);

// A buffer is never changed, and not tied to a thread.
unsafe impl Send for Buffer {}
unsafe impl Sync for Buffer {}

impl Deref for Buffer {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        // The data is never null, and lives as long as the buffer.
        unsafe {
            std::slice::from_raw_parts(sys::cassplan_buffer_data(self.0.as_ptr()), sys::cassplan_buffer_size(self.0.as_ptr()))
        }
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        unsafe { sys::cassplan_buffer_free(self.0.as_ptr()) }
    }
}

/// Why a call could not be done. That a plan is blocked or refused is no error: it is the plan's outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    pub code: i32,
    pub message: String,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cassplan: {}", self.message)
    }
}

impl std::error::Error for Error {}

fn finish(status: i32, out: *mut sys::Buffer, error: *mut sys::Error) -> Result<Option<Buffer>, Error> {
    if status == 0 {
        return Ok(ptr::NonNull::new(out).map(Buffer));
    }
    // The message is copied, and the error freed.
    unsafe {
        let message = CStr::from_ptr(sys::cassplan_error_message(error)).to_string_lossy().into_owned();
        sys::cassplan_error_free(error);
        Err(Error { code: status, message })
    }
}

fn buffer(result: Result<Option<Buffer>, Error>) -> Result<Buffer, Error> {
    result?.ok_or_else(|| Error { code: 13, message: "no answer".to_string() })
}

fn ask(call: sys::PureCall, encoding: Encoding, data: &[u8]) -> Result<Buffer, Error> {
    let (mut out, mut error) = (ptr::null_mut(), ptr::null_mut());
    let status = unsafe { call(encoding as i32, data.as_ptr().cast(), data.len(), &mut out, &mut error) };
    buffer(finish(status, out, error))
}

/// Fails when the loaded library does not fit these declarations.
pub fn check_version() -> Result<(), Error> {
    let mut error = ptr::null_mut();
    let status = unsafe { sys::cassplan_check_version(sys::ABI_VERSION, sys::VERSION_NUMBER, &mut error) };
    finish(status, ptr::null_mut(), error).map(|_| ())
}

/// PlanRequest -> PlanResponse
pub fn plan(encoding: Encoding, request: &[u8]) -> Result<Buffer, Error> {
    ask(sys::cassplan_plan, encoding, request)
}

/// VerifyRequest -> VerifyResponse
pub fn verify(encoding: Encoding, request: &[u8]) -> Result<Buffer, Error> {
    ask(sys::cassplan_verify, encoding, request)
}

/// One message of the schema in another encoding.
pub fn convert(message: &str, from: Encoding, data: &[u8], to: Encoding) -> Result<Buffer, Error> {
    let name = CString::new(message).map_err(|_| Error { code: 3, message: "a zero byte in the name".to_string() })?;
    let (mut out, mut error) = (ptr::null_mut(), ptr::null_mut());
    let status = unsafe {
        sys::cassplan_convert(
            name.as_ptr(), from as i32, data.as_ptr().cast(), data.len(), to as i32, &mut out, &mut error,
        )
    };
    buffer(finish(status, out, error))
}

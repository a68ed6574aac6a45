package io.jvmmedic.sample.orders;

import io.jvmmedic.sample.orders.price.PriceServiceException;
import jakarta.servlet.http.HttpServletRequest;
import java.util.NoSuchElementException;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.task.TaskRejectedException;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.transaction.TransactionException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** Turns the failures of the service's resources into honest status codes. */
@RestControllerAdvice
public class ApiErrors {

  private static final Logger log = LoggerFactory.getLogger(ApiErrors.class);

  @ExceptionHandler
  ProblemDetail unknown(NoSuchElementException e) {
    return ProblemDetail.forStatusAndDetail(HttpStatus.NOT_FOUND, e.getMessage());
  }

  @ExceptionHandler
  ProblemDetail refused(IllegalArgumentException e) {
    return ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, e.getMessage());
  }

  @ExceptionHandler({
    DataAccessException.class,
    TransactionException.class,
    TaskRejectedException.class,
    PriceServiceException.class
  })
  ProblemDetail unavailable(Exception e, HttpServletRequest request) {
    return failed(HttpStatus.SERVICE_UNAVAILABLE, e, request);
  }

  @ExceptionHandler
  ProblemDetail late(TimeoutException e, HttpServletRequest request) {
    return failed(HttpStatus.GATEWAY_TIMEOUT, e, request);
  }

  private static ProblemDetail failed(HttpStatus status, Exception e, HttpServletRequest request) {
    log.warn("{} {}: {}", request.getMethod(), request.getRequestURI(), e.toString());
    return ProblemDetail.forStatusAndDetail(status, e.getMessage());
  }
}
